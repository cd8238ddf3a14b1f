from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    broker_address: str = "localhost:9092"
    consumer_group: str = "word-counter"
    state_dir: str = "var/state"
    topic: str = "sentences"


settings = Settings()
