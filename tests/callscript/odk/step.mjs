// How long ODK's own engine takes for the step after an answer, on a form of `size` questions: one string question in
// five decides whether the next is relevant, one in ten is summed up by a calculation. Reads {size} from stdin, writes
// the microseconds of each answer.
import { readFileSync, writeFileSync } from 'node:fs';
import { JSDOM } from 'jsdom';

const { window } = new JSDOM('');
for (const name of ['DOMParser', 'document', 'Node', 'Element', 'XMLSerializer', 'Document', 'Text', 'Attr', 'Comment']) {
	globalThis[name] = window[name];
}
globalThis.__dirname = '/';
const { size } = JSON.parse(readFileSync(0, 'utf-8'));
const { createInstance } = await import('@getodk/xforms-engine');
console.log = console.warn = console.error = () => {};

const numbers = [...Array(size).keys()];
const relevant = (i) => (i % 5 === 1 ? ` relevant="/data/q${i - 1} = 'yes'"` : '');
const binds = numbers.map((i) => `<bind nodeset="/data/q${i}" type="string"${relevant(i)}/>`);
const sums = numbers.filter((i) => i % 10 === 9);
binds.push(...sums.map((i) => `<bind nodeset="/data/c${i}" type="string" calculate="concat(/data/q${i}, /data/q${i - 1})"/>`));
const form = `<?xml version="1.0"?><h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"><h:head><h:title>t</h:title><model><instance><data id="t">${numbers.map((i) => `<q${i}/>`).join('')}${sums.map((i) => `<c${i}/>`).join('')}</data></instance>${binds.join('')}</model></h:head><h:body>${numbers.map((i) => `<input ref="/data/q${i}"><label>q${i}</label></input>`).join('')}</h:body></h:html>`;

const { root } = await createInstance(form, { instance: {} });
const questions = root.currentState.children.filter(({ currentState }) => currentState.reference.startsWith('/data/q'));
const times = [];
for (const question of questions) {
	if (!question.currentState.relevant) continue;
	const began = process.hrtime.bigint();
	question.setValue('yes');
	times.push(Number(process.hrtime.bigint() - began) / 1000);
}
writeFileSync(1, JSON.stringify({ times, answered: questions[0].currentState.value }));
process.exit(0);
