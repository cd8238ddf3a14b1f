import assert from 'node:assert/strict';
import path from 'node:path';
import { deploymentsOf, variablesOf, type RunConfiguration } from '../../src/app/index';
import { fileTree } from './fileTree';

interface Given {
  readonly files: Record<string, string>;
  readonly inherited?: Record<string, string>;
  readonly configuration?: RunConfiguration;
  readonly asked?: Record<string, string>;
}

/** The variables of the app in `counter/main.py`. */
async function variables({ files, inherited = {}, configuration, asked }: Given) {
  const { folder, remove } = await fileTree({ 'counter/main.py': '', ...files });
  try {
    const at = path.join(folder, 'counter');
    const application = { name: 'counter', folder: at, mainFile: path.join(at, 'main.py') };
    return await variablesOf(application, {
      workspaceFolder: folder,
      inherited,
      ...(configuration && { configuration }),
      ...(asked && { asked }),
    });
  } finally {
    await remove();
  }
}

const appYaml = (variables: string) => `name: counter\nlanguage: python\nvariables:\n${variables}`;
const quixYaml = (variables: string) =>
  `deployments:\n  - name: Counter\n    application: counter\n    resources: {replicas: 2}\n    variables:\n${variables}`;
const one = (name: string, rest: string) => `      - {name: ${name}, ${rest}}\n`;

describe('variablesOf', () => {
  it('lays one source over the other: app.yaml, inherited, quix.yaml, .env, run configuration', async () => {
    const names = ['A', 'B', 'C', 'D', 'E'];
    const all = (from: number, value: string) =>
      names.slice(from).map((name) => one(name, `value: ${value}, defaultValue: ${value}`));
    const { values, added } = await variables({
      files: {
        'counter/app.yaml': appYaml(all(0, 'default').join('')),
        'quix.yaml': quixYaml(all(2, 'deployed').join('')),
        'counter/.env': 'D=dotenv\nE=dotenv\n',
      },
      inherited: { B: 'inherited', C: 'inherited', D: 'inherited', E: 'inherited', F: '1' },
      configuration: { env: { E: 'run', F: null } },
    });
    assert.deepEqual(
      names.map((name) => values[name]),
      ['default', 'inherited', 'deployed', 'dotenv', 'run'],
    );
    assert.equal(values['F'], undefined);
    assert.deepEqual(added, { A: 'default', C: 'deployed', D: 'dotenv', E: 'run' });
  });

  it('looks secrets, project variables and groups up in the files beside quix.yaml', async () => {
    const { values, secret } = await variables({
      files: {
        'counter/app.yaml': appYaml(
          '  - name: Db\n    inputType: VariableGroup\n    variables:\n      - {key: db.host, defaultValue: localhost}\n      - {key: db.password, secret: true}\n',
        ),
        'quix.yaml': quixYaml(
          one('API_TOKEN', 'inputType: Secret, secretKey: api_key') +
            one('ENVIRONMENT', 'inputType: ProjectVariable, variableKey: deployment.env'),
        ),
        '.secrets': '### Local Pipeline Secrets ###\napi_key=s3cr3t\n',
        '.quix.yaml.variables': 'deployment.env=develop\ndb.password=hidden\n',
        // As the Quix CLI leaves it: secrets are blank.
        'counter/.env': 'API_TOKEN=\nENVIRONMENT=\n',
      },
    });
    assert.deepEqual(
      [values['API_TOKEN'], values['ENVIRONMENT'], values['db__host'], values['db__password']],
      ['s3cr3t', 'develop', 'localhost', 'hidden'],
    );
    assert.deepEqual([...secret].sort(), ['API_TOKEN', 'db__password']);
  });

  it('asks for what the code reads without a default, and for nothing else', async () => {
    const code = [
      'a = os.environ["GIVEN"], os.environ["TOKEN_OF_MINE"]',
      'b = os.environ.get("OPTIONAL"), os.getenv("DEFAULTED", "x")',
      'try:\n    c = os.environ["TRIED"]\nexcept KeyError:\n    pass',
      'if "LOOKED" in os.environ:\n    d = os.environ["LOOKED"]',
      'os.environ["SET"] = "1"; e = os.environ["SET"]',
      '# os.environ["COMMENT"]\nf = """os.environ["TEXT"]"""',
    ].join('\n');
    const files = { 'counter/main.py': code, 'counter/.env': 'GIVEN=1' };
    const { missing, secret } = await variables({ files });
    assert.deepEqual(missing, ['TOKEN_OF_MINE']);
    assert.ok(secret.has('TOKEN_OF_MINE'));
    const asked = { TOKEN_OF_MINE: 'x', GIVEN: 'overruled' };
    const after = await variables({ files, asked });
    assert.deepEqual(after.missing, []);
    assert.equal(after.values['GIVEN'], '1');
  });

  it('asks for what app.yaml requires and the code reads, but not for what a run gives', async () => {
    const code = [
      'from quixstreams import Application',
      'app = Application(os.environ["BROKER"], consumer_group=os.environ["GROUP"], state_dir=os.environ["DIR"])',
      'app.topic(os.getenv("input")); x = os.getenv("maybe"), os.getenv("with", "1"), os.getenv("or") or "1"',
    ].join('\n');
    const required = ['input', 'with', 'or', 'unread']
      .map((name) => one(name, 'required: true'))
      .join('');
    const files = { 'counter/main.py': code, 'counter/app.yaml': appYaml(required) };
    assert.deepEqual((await variables({ files })).missing, ['GROUP', 'input']);
    const configuration = { consumerGroup: 'mine' };
    assert.deepEqual((await variables({ files, configuration })).missing, ['input']);
  });

  it('tells what the run configuration takes away, and what is not to be shown', async () => {
    const { removed, secret } = await variables({
      files: { 'counter/app.yaml': appYaml(one('pin', 'inputType: HiddenText, defaultValue: 1')) },
      inherited: { A: '1', S3_ACCESS_KEY: 'x', DB_DSN: 'x', api_pwd: 'x', monkey: 'x', input: 'x' },
      configuration: { env: { A: null, B: null } },
    });
    assert.deepEqual(removed, ['A']);
    assert.deepEqual([...secret].sort(), ['DB_DSN', 'S3_ACCESS_KEY', 'api_pwd', 'pin']);
  });

  it('says which of several deployments it takes, without values', async () => {
    const deployment = (name: string, x: string) =>
      `  - {name: ${name}, application: counter, variables: [{name: x, value: ${x}}]}\n`;
    const { folder, remove } = await fileTree({
      'counter/main.py': '',
      'quix.yaml': `deployments:\n${deployment('First', '1')}${deployment('Second', '2')}`,
    });
    const at = path.join(folder, 'counter');
    const told: string[] = [];
    const { values } = await variablesOf(
      { name: 'counter', folder: at, mainFile: path.join(at, 'main.py') },
      { workspaceFolder: folder, inherited: {}, tell: (line) => told.push(line) },
    );
    await remove();
    assert.equal(values['x'], '1');
    assert.deepEqual(told, ['variables of counter: deployment First, not Second']);
  });

  it('reads .env as the app itself would, from the main file up', async () => {
    const files = {
      'counter/.env': 'PASSWORD=a#b # mine\nADDRESS=${HOST}:9092\nEMPTY=\n',
      'quix.yaml': quixYaml(one('HOST', 'value: kafka')),
    };
    const { values } = await variables({ files, inherited: { EMPTY: 'inherited' } });
    assert.deepEqual(
      [values['PASSWORD'], values['ADDRESS'], values['EMPTY']],
      ['a#b', 'kafka:9092', 'inherited'],
    );
  });

  it("takes the .env that is named, else the app's, else the workspace's", async () => {
    const files = { '.env': 'X=workspace', 'counter/.env': 'X=app', 'counter/dev.env': 'X=named' };
    assert.equal((await variables({ files })).values['X'], 'app');
    const named = await variables({ files, configuration: { envFile: 'dev.env' } });
    assert.equal(named.values['X'], 'named');
    const above = await variables({ files: { '.env': 'X=workspace' } });
    assert.equal(above.values['X'], 'workspace');
  });
});

describe('deploymentsOf', () => {
  async function deployments(files: Record<string, string>) {
    const { folder, remove } = await fileTree({ 'counter/main.py': '', ...files });
    try {
      return await deploymentsOf({ folder: path.join(folder, 'counter') }, folder);
    } finally {
      await remove();
    }
  }

  it('fills placeholders in, quoted or not, nested too', async () => {
    const [found] = await deployments({
      'quix.yaml': quixYaml(one('a', 'value: {{ A }}') + one('b', 'value: "x-{{B}}"')).replace(
        'replicas: 2',
        'replicas: {{REPLICAS}}',
      ),
      '.quix.yaml.variables': 'A={{ C }}\nB=b\nC=c\nREPLICAS=3\n',
    });
    assert.equal(found?.replicas, 3);
    assert.deepEqual(
      found?.variables.map(({ value }) => value),
      ['c', 'x-b'],
    );
  });

  it('knows no value of one that is not there, or goes round in circles', async () => {
    const [found] = await deployments({
      'quix.yaml': quixYaml(one('a', 'value: {{ GONE }}') + one('b', 'value: {{ ROUND }}')),
      '.quix.yaml.variables': 'ROUND={{ SQUARE }}\nSQUARE={{ ROUND }}{{ ROUND }}\n',
    });
    assert.deepEqual(
      found?.variables.map(({ value }) => value),
      [undefined, undefined],
    );
  });

  it('ends on values that multiply', async () => {
    const lines = Array.from({ length: 8 }, (_, i) => `A${i}=${`{{A${i + 1}}}`.repeat(500)}`);
    const [found] = await deployments({
      'quix.yaml': quixYaml(one('a', 'value: "{{A0}}"')),
      '.quix.yaml.variables': lines.join('\n'),
    });
    assert.equal(found?.variables[0]?.value, undefined);
  }).timeout(5000);

  it('takes those of its own folder alone', async () => {
    const yaml =
      'deployments:\n  - {name: A, application: ./counter}\n  - {name: B, application: other}\n  - {name: C, application: counter/}\n';
    const found = await deployments({ 'quix.yaml': yaml });
    assert.deepEqual(
      found.map(({ name }) => name),
      ['A', 'C'],
    );
    assert.deepEqual(await deployments({ 'quix.yaml': 'deployments: [' }), []);
    assert.deepEqual(await deployments({}), []);
  });
});
