import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import Ajv from 'ajv';
import { parse } from 'yaml';

const CHART = path.join(__dirname, '..', '..', 'charts', 'envelope');
const read = (file: string): string => readFileSync(path.join(CHART, file), 'utf8');

describe('the envelope chart', () => {
  it('renders its objects and nothing else: one template, no helpers, no dependencies, no hooks', () => {
    expect(readdirSync(path.join(CHART, 'templates'))).toEqual(['objects.yaml']);
    expect(readdirSync(CHART).sort()).toEqual(['Chart.yaml', 'templates', 'values.schema.json', 'values.yaml']);
    const actions = read('templates/objects.yaml')
      .match(/\{\{[^}]*\}\}/g)
      ?.filter((action) => !action.includes('/*'));
    expect(actions).toEqual(['{{- range .Values.objects }}', '{{ toPrettyJson . }}', '{{- end }}']);
  });

  it('brings no object of its own', () => {
    expect(parse(read('values.yaml'))).toEqual({ objects: [] });
  });

  it.each<[boolean, string, unknown]>([
    [true, 'an object', { objects: [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } }] }],
    [false, 'an object without a name', { objects: [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: {} }] }],
    [false, 'a value beside the objects', { objects: [], image: 'x' }],
    [false, 'nothing at all', { objects: [] }],
  ])('has a schema that says %s to %s', (valid, _case, values) => {
    const schema = JSON.parse(read('values.schema.json')) as object;
    expect(new Ajv({ strict: false }).validate(schema, values)).toBe(valid);
  });
});
