// Evaluates expressions with ODK's own engine. Reads one JSON document from stdin, writes one to stdout:
//   {now, batches: [{fields: [{name, type, value}], repeat: {name, field, type, values} | null,
//     expressions: [{xpath, type}], inside: [xpath]}]}
//   {results: [[text | {error}]], rounds: [[[text]]]}: `inside` is worked out in every round of the repeat
// The zone is that of the process (TZ); the clock stands at `now`, milliseconds since 1970.
import { readFileSync, writeFileSync } from 'node:fs';
import { JSDOM } from 'jsdom';

const { window } = new JSDOM('');
for (const name of ['DOMParser', 'document', 'Node', 'Element', 'XMLSerializer', 'Document', 'Text', 'Attr', 'Comment']) {
	globalThis[name] = window[name];
}
globalThis.__dirname = '/'; // its WebAssembly is embedded: the folder is asked for, but not used
const { now, batches } = JSON.parse(readFileSync(0, 'utf-8'));
const { createInstance } = await import('@getodk/xforms-engine');
Date.now = () => now;
process.on('unhandledRejection', () => {});
console.log = console.warn = console.error = () => {};

const escaped = (text) =>
	text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
		.replaceAll('\n', '&#10;').replaceAll('\t', '&#9;');

const form = ({ fields, repeat, inside }, expressions) => {
	const own = inside.map((_, i) => `<p${i}/>`).join('');
	const values = fields.map(({ name, value }) => `<${name}>${escaped(value)}</${name}>`);
	const rounds = repeat ? repeat.values.map((v) => `<${repeat.name}><${repeat.field}>${escaped(v)}</${repeat.field}>${own}</${repeat.name}>`) : [];
	const binds = fields.map(({ name, type }) => `<bind nodeset="/data/${name}" type="${type}"/>`);
	if (repeat) binds.push(`<bind nodeset="/data/${repeat.name}/${repeat.field}" type="${repeat.type}"/>`);
	inside.forEach((e, i) => binds.push(`<bind nodeset="/data/${repeat.name}/p${i}" type="string" calculate="${escaped(e)}"/>`));
	const results = expressions.map((_, i) => `<r${i}/>`);
	const calculations = expressions.map(({ xpath, type }, i) => `<bind nodeset="/data/r${i}" type="${type}" calculate="${escaped(xpath)}"/>`);
	const body = repeat
		? `<group ref="/data/${repeat.name}"><label>g</label><repeat nodeset="/data/${repeat.name}"><input ref="/data/${repeat.name}/${repeat.field}"><label>x</label></input></repeat></group>`
		: '';
	return `<?xml version="1.0"?><h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:jr="http://openrosa.org/javarosa"><h:head><h:title>t</h:title><model><instance><data id="t">${values.join('')}${rounds.join('')}${results.join('')}</data></instance>${binds.join('')}${calculations.join('')}</model></h:head><h:body>${body}</h:body></h:html>`;
};

const evaluate = async (batch, expressions) => {
	try {
		const { root } = await createInstance(form(batch, expressions), { instance: {} });
		const found = new Map(root.currentState.children.map(({ currentState: s }) => [s.reference, s.instanceValue]));
		return expressions.map((_, i) => found.get(`/data/r${i}`) ?? '');
	} catch (error) {
		if (expressions.length === 1) return [{ error: String(error?.message ?? error) }];
		const middle = expressions.length >> 1;
		const first = await evaluate(batch, expressions.slice(0, middle));
		return first.concat(await evaluate(batch, expressions.slice(middle)));
	}
};

const inRounds = async (batch) => {
	if (!batch.inside.length) return [];
	const { root } = await createInstance(form(batch, []), { instance: {} });
	const range = root.currentState.children.find(({ currentState: s }) => s.reference === `/data/${batch.repeat.name}`);
	return range.currentState.children.map((round) => {
		const found = round.currentState.children.map(({ currentState: s }) => [s.reference.split('/').pop(), s.instanceValue]);
		return batch.inside.map((_, i) => new Map(found).get(`p${i}`));
	});
};

const results = [];
const rounds = [];
for (const batch of batches) {
	results.push(await evaluate(batch, batch.expressions));
	rounds.push(await inRounds(batch));
}
writeFileSync(1, JSON.stringify({ results, rounds }));
process.exit(0);
