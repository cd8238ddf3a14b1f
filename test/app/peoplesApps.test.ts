// Made-up twins of what public apps do to get their settings.

import assert from 'node:assert/strict';
import path from 'node:path';
import {
  brokerNeeded,
  brokerPortInCode,
  findApplications,
  readApplicationCode,
  type CodeArgument,
} from '../../src/app/index';
import { fileTree } from './fileTree';

const text = (value: string): CodeArgument => ({ kind: 'literal', value });
const variable = (name: string, byDefault?: string): CodeArgument => ({
  kind: 'variable',
  name,
  byDefault,
});
const expression: CodeArgument = { kind: 'expression' };

interface Twin {
  readonly files: Record<string, string>;
  /** from the workspace */
  readonly main: string;
  readonly broker?: CodeArgument;
  readonly group?: CodeArgument;
  readonly stateDir?: CodeArgument;
  readonly required?: readonly string[];
}

const twins: Record<string, Twin> = {
  'arguments of main, from settings of pydantic': {
    files: {
      'src/main.py': [
        'from quixstreams import Application',
        'def main(kafka_broker_address: str, kafka_consumer_group: str, seconds: int):',
        '    """Application(broker_address="doc:1")"""',
        '    app = Application(',
        '        broker_address=kafka_broker_address,',
        '        consumer_group=kafka_consumer_group,',
        '        # state_dir="old",',
        '    )',
        "if __name__ == '__main__':",
        '    from config import config',
        '    main(',
        '        kafka_broker_address=config.kafka_broker_address,',
        '        kafka_consumer_group=config.kafka_consumer_group,',
        '        seconds=60,',
        '    )',
      ].join('\n'),
      'src/config.py': [
        'from pydantic_settings import BaseSettings, SettingsConfigDict',
        'class Config(BaseSettings):',
        "    model_config = SettingsConfigDict(env_file='settings.env')",
        '    kafka_broker_address: str',
        "    kafka_consumer_group: str = 'candles'",
        'config = Config()',
      ].join('\n'),
    },
    main: 'src/main.py',
    broker: variable('KAFKA_BROKER_ADDRESS'),
    group: variable('KAFKA_CONSUMER_GROUP', 'candles'),
  },
  'a settings function with a cache, below src as a package': {
    files: {
      'src/prices/app.py': [
        'import quixstreams as qs',
        'from prices.core.settings import settings_of',
        'def start():',
        '    settings = settings_of()',
        '    return qs.Application(broker_address=settings.broker_address, consumer_group=settings.group)',
      ].join('\n'),
      'src/prices/core/settings.py': [
        'import functools',
        'from pydantic import Field',
        'from pydantic_settings import BaseSettings',
        'class Settings(BaseSettings):',
        "    broker_address: str = Field(default='localhost:9092', alias='BROKERS')",
        "    group: str = 'prices'",
        '    class Config:',
        "        env_prefix = 'PRICES_'",
        '@functools.lru_cache',
        'def settings_of() -> Settings:',
        '    return Settings()',
      ].join('\n'),
    },
    main: 'src/prices/app.py',
    broker: variable('BROKERS', 'localhost:9092'),
    group: variable('PRICES_GROUP', 'prices'),
  },
  'an argument of the constructor, or the environment': {
    files: {
      'processor.py': [
        'import os',
        'from quixstreams import Application',
        'class Processor:',
        '    def __init__(self, topic="traffic", broker_addr: str =None):',
        '        self.broker_addr = broker_addr or os.getenv("REDPANDA_BROKER", "localhost:9092")',
        '        self.group = os.getenv(',
        "            'GROUP_ID',",
        '            Names.group(event_id=self.event_id),',
        '        )',
        "        state_dir = f'./state_{self.event_id}_{self.instance_id}'",
        '        self.app = Application(',
        '            broker_address=self.broker_addr,',
        '            consumer_group=self.group,',
        '            state_dir=state_dir,',
        '        )',
      ].join('\n'),
    },
    main: 'processor.py',
    broker: variable('REDPANDA_BROKER', 'localhost:9092'),
    group: { kind: 'variable', name: 'GROUP_ID', byDefault: undefined, orElse: expression },
    stateDir: expression,
  },
  'a connection with a password, of the platform': {
    files: {
      'main.py': [
        'import os',
        'from quixstreams import Application',
        'from quixstreams.kafka import ConnectionConfig',
        'from dotenv import load_dotenv',
        'load_dotenv()',
        'connection = ConnectionConfig(',
        '    bootstrap_servers=os.environ["Quix__Broker__Address"],',
        '    security_protocol="sasl_ssl",',
        '    sasl_password=os.environ["Quix__Broker__Password"],',
        ')',
        'def main():',
        '    app = Application(consumer_group="telemetry", broker_address=connection)',
        '    output = app.topic(os.environ.get("out", os.environ.get("output", "telemetry")))',
      ].join('\n'),
    },
    main: 'main.py',
    broker: variable('Quix__Broker__Address'),
    group: text('telemetry'),
    required: ['Quix__Broker__Address', 'Quix__Broker__Password'],
  },
  'a connection of a file of secrets': {
    files: {
      'consumer.py': [
        'from quixstreams import Application',
        'from quixstreams.kafka import ConnectionConfig',
        'secrets = json.load(open("../secrets.json"))',
        'connection = ConnectionConfig(bootstrap_servers=secrets.get("bootstrap_servers"))',
        'app = Application(broker_address=connection)',
      ].join('\n'),
    },
    main: 'consumer.py',
    broker: expression,
  },
  'imported under another name, inside of a function': {
    files: {
      'viewer.py': [
        'def run():',
        '    try:',
        '        from quixstreams import Application as QuixApp',
        '        qx = QuixApp(',
        '            consumer_group="viewer",',
        '            broker_address="linux-pc:39092",',
        '        )',
        '    except ImportError:',
        '        pass',
      ].join('\n'),
    },
    main: 'viewer.py',
    broker: text('linux-pc:39092'),
    group: text('viewer'),
  },
  "Quix Cloud's, of version 2": {
    files: {
      'main.py': [
        'import os, uuid',
        'from quixstreams import Application',
        'uid = uuid.uuid4()',
        'app = Application.Quix("transformation-v2"+str(uid), auto_offset_reset="latest")',
        'input_topic = app.topic(os.environ["input"])',
      ].join('\n'),
    },
    main: 'main.py',
    group: expression,
    required: ['input'],
  },
  'variables that a source of the same app is given': {
    files: {
      'main.py': [
        'import os',
        'from quixstreams import Application',
        'from quixstreams.sources.core.kafka import QuixEnvironmentSource',
        'consumer_group = os.environ["consumer_group"]',
        'app = Application(consumer_group=consumer_group)',
        'token = os.environ["source_sdk_token"]',
        'source = QuixEnvironmentSource("a", quix_sdk_token=token, consumer_group=consumer_group)',
      ].join('\n'),
    },
    main: 'main.py',
    group: variable('consumer_group'),
    required: ['consumer_group', 'source_sdk_token'],
  },
  'a dictionary of settings': {
    files: {
      'main.py': [
        'from quixstreams import Application',
        'def run(config):',
        "    app = Application(broker_address=config['KAFKA'], consumer_group=config['GROUP'])",
      ].join('\n'),
    },
    main: 'main.py',
    broker: expression,
    group: expression,
  },
  'a dataclass that is filled from a mapping': {
    files: {
      'main.py': [
        'import os',
        'from quixstreams import Application',
        '@dataclass(frozen=True)',
        'class Settings:',
        '    kafka_broker: str',
        '    @classmethod',
        '    def of(cls, source=os.environ):',
        '        return cls(kafka_broker=source.get("KAFKA_BROKER", "redpanda:9092"))',
        'app = Application(broker_address=Settings.of().kafka_broker)',
      ].join('\n'),
    },
    main: 'main.py',
    broker: expression,
  },
  'state beside the file': {
    files: {
      'jobs/main.py': [
        'from pathlib import Path',
        'from quixstreams import Application',
        'BASE_DIR = Path(__file__).resolve().parent.parent',
        'STATE = BASE_DIR / "data" / "state"',
        'app = Application("localhost:9092", state_dir=str(STATE))',
      ].join('\n'),
    },
    main: 'jobs/main.py',
    broker: text('localhost:9092'),
    stateDir: text('<workspace>/data/state'),
  },
  'variables in an f-string': {
    files: {
      'main.py': [
        'import os',
        'from quixstreams import Application',
        'app = Application(consumer_group=f"{os.environ[\'TEAM\']}-{os.environ["STAGE"]:>4}")',
        'print(f"{{os.environ[\'NOT_READ\']}} {app}", "{os.environ[\'NOR_THIS\']}")',
      ].join('\n'),
    },
    main: 'main.py',
    group: expression,
    required: ['TEAM', 'STAGE'],
  },
};

describe("people's apps", () => {
  for (const [what, twin] of Object.entries(twins)) {
    it(`reads ${what}`, async () => {
      const { folder, remove } = await fileTree(twin.files);
      try {
        const [app, ...others] = await findApplications(folder);
        assert.deepEqual(others, []);
        assert.ok(app, 'found');
        assert.equal(path.relative(folder, app.mainFile), path.normalize(twin.main));
        const code = await readApplicationCode(app);
        const { brokerAddress, consumerGroup, stateDir, requiredVariables } = code;
        const here = (argument: CodeArgument | undefined) =>
          argument?.kind === 'literal'
            ? text(argument.value.replace(folder, '<workspace>').replaceAll(path.sep, '/'))
            : argument;
        assert.deepEqual(
          [here(brokerAddress), here(consumerGroup), here(stateDir), requiredVariables],
          [twin.broker, twin.group, twin.stateDir, twin.required ?? []],
        );
      } finally {
        await remove();
      }
    });
  }

  it("takes no Application of another library, and none that only text mentions, for the library's", async () => {
    const { folder, remove } = await fileTree({
      'chat.py': 'import tkinter\nclass Application:\n    pass\nApplication("room:1")\n',
      'docs.py': '"""\nfrom quixstreams import Application\n\napp = Application("a:1")\n"""\n',
      'notes.py': '# from quixstreams import Application\n# Application("a:1")\n',
      'mine.py':
        'from quixstreams.sources import Source\nclass Application (Source):\n    pass\ndef Application ():\n    pass\n',
    });
    try {
      assert.deepEqual(await findApplications(folder), []);
    } finally {
      await remove();
    }
  });

  it('knows what each of them asks for, and which port it cannot be led away from', async () => {
    const { folder, remove } = await fileTree({
      'main.py':
        'from quixstreams import Application\nHOST = "127.0.0.1:9093"\nApplication(HOST)\n',
    });
    try {
      const [app] = await findApplications(folder);
      assert.ok(app);
      const code = await readApplicationCode(app);
      const environment = { Quix__Broker__Address: 'kafka:9092' };
      const needed = { kind: 'own', address: '127.0.0.1:9093' };
      assert.deepEqual(brokerNeeded(code, environment), needed);
      assert.equal(brokerPortInCode(code), 9093);
    } finally {
      await remove();
    }
  });
});
