// Usage: node readAll.mjs KAFKA_JS HOST:PORT TOPIC ...    prints the last 500 values of topics, as JSON
import { performance } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';

const [file, address, ...topics] = process.argv.slice(2);

const begun = performance.now();
const { openKafka } = await import(pathToFileURL(file).href);
const loadedMs = performance.now() - begun;
const kafka = await openKafka(address, () => new Error('no broker'));
const values = {};
for (const topic of topics) {
  const { messages } = await kafka.lastMessages(topic, { count: 500 });
  values[topic] = messages.map(({ value }) => Buffer.from(value).toString());
}
const listing = performance.now();
const names = (await kafka.topics()).map(({ name }) => name);
const listedMs = performance.now() - listing;
await kafka.send('empty', [{ key: null, value: Buffer.from('sent'), headers: [] }]);
const { messages } = await kafka.lastMessages('empty', { count: 1 });
await kafka.close();
const sent = Buffer.from(messages[0].value).toString();
console.log(JSON.stringify({ node: process.version, loadedMs, listedMs, names, values, sent }));
