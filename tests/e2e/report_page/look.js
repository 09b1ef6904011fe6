/*
 * Looks at a page of limpet's with a real browser and says as JSON what is to be seen and what it did.
 * usage: look.js MODULES CHROMIUM PAGE FOLDER   (screenshots go to FOLDER)
 */
'use strict';
const [modules, chromium, page, folder] = process.argv.slice(2);
const playwright = require(modules + '/node_modules/playwright-core');

const text = (view, selector) => view.$$eval(selector, (found) => found.map((element) => element.textContent));

function readTables() {
	const read = {};
	for (const table of document.querySelectorAll('table[id]')) {
		read[table.id] = [...table.querySelectorAll('tbody > tr:not(.detail)')].map((row) =>
			[...row.cells].map((cell) => cell.dataset.value === undefined ? cell.textContent : Number(cell.dataset.value)));
	}
	return read;
}

async function readWhole(view) {
	return {
		title: await view.title(),
		tiles: await view.$$eval('.tile', (found) => Object.fromEntries(found.map((tile) => [tile.dataset.word, Number(tile.dataset.value)]))),
		links: await text(view, '#links a'),
		sections: await text(view, '#foot kbd'),
		tables: await view.evaluate(readTables),
		nodes: await text(view, '.map .node title'),
		crashes: await text(view, 'details.crash > summary'),
		registers: await view.$$eval('.registers', (found) => found.length),
		sources: await text(view, '.stack .source'),
		elements: await view.$$eval('main img, main script, main b, main iframe', (found) => found.filter((element) => element.tagName !== 'B').length),
	};
}

const cells = (view, table) => view.$$eval('#' + table + ' tbody > tr:not(.detail)', (rows) => rows.map((row) => [...row.cells].map((cell) => cell.textContent)));

async function shownRows(view, table) {
	return view.$$eval('#' + table + ' tbody > tr:not(.detail)', (rows) => rows.length);
}

/* Nothing but keys. */
async function useKeys(view) {
	const done = {};
	await view.keyboard.press('2');
	done.focused = await view.evaluate(() => document.activeElement.closest('table') && document.activeElement.closest('table').id);
	await view.keyboard.press('ArrowDown');
	done.second = await view.evaluate(() => [...document.querySelectorAll('#traces-table tr.row')].indexOf(document.activeElement));
	await view.keyboard.press('Enter');
	done.spans = await view.$$eval('#traces-table .waterfall .span', (found) => found.length);
	await view.keyboard.press('Tab');
	await view.keyboard.press('ArrowDown');
done.chosen = await view.evaluate(() => document.querySelector('.span.is-chosen .label .name').textContent + ': ' +
		document.querySelector('.chosen dd').textContent);
	await view.evaluate(() => document.querySelector('#traces-table tr.row.is-open').focus());
	await view.keyboard.press('Enter');
	done.closed = await view.$$eval('#traces-table .waterfall', (found) => found.length);
	await view.keyboard.press('/');
	done.filtering = await view.evaluate(() => document.activeElement.id);
	return done;
}

const boxes = (view) => view.$$eval('.flame .box', (found) => found.length);
const leaf = () => document.querySelector('.flame-foot .name').textContent;

/* Of what a screen shows of it: names of boxes, where they stand, what the line below says. */
async function readProfile(view) {
	const done = {boxes: await boxes(view)};
	const click = (name) => view.evaluate((wanted) => [...document.querySelectorAll('.flame .box')].find((box) => box.limpetNode.name[0] === wanted).click(), name);
	const press = (key) => view.keyboard.press(key);
	await view.fill('.flame-bar input', 'json');
	done.hits = await view.textContent('#flame-hits');
	done.found = await view.$$eval('.flame .box.is-found', (found) => found.length);
	await view.fill('.flame-bar input', '');
	await click('serve');
	done.zoomed = await view.evaluate(() => {
		const box = [...document.querySelectorAll('.flame .box')].find((other) => other.limpetNode.name[0] === 'serve');
		return {box: box.textContent, width: Math.round(parseFloat(box.style.width)),
			passed: [...document.querySelectorAll('.flame .box.is-passed')].map((other) => other.textContent).sort(), back: [...document.querySelectorAll('.flame-bar button')].pop().disabled};
	});
	await press('Escape');
	done.whole = await boxes(view);
	await press('Home');
	done.walk = [];
	for (const key of ['ArrowUp', 'ArrowUp', 'ArrowUp', 'ArrowUp', 'ArrowDown']) {
		await press(key);
		done.walk.push(await view.evaluate(leaf));
	}
	const root = () => view.evaluate(() => {
		const all = [...document.querySelectorAll('.flame .box')];
		const top = (box) => parseFloat(box.style.top);
		return top(all.find((box) => !box.limpetNode.parent)) > Math.min(...all.map(top)) ? 'below' : 'above';
	});
	done.flame = await root();
	await view.click('.flame-bar button:text-is("icicle")');
	done.icicle = await root();
	await view.click('.flame-bar button:text-is("icicle")');
	await view.click('.flame-bar button[value="off"]');
	done.off = await view.evaluate(() => [...document.querySelectorAll('#functions-table tbody tr')].slice(0, 1).map((row) => row.cells[0].textContent));
	await view.click('.flame-bar button[value="on"]');
	done.operation = await view.evaluate(() => {
		const select = document.querySelector('.flame-bar select');
		const option = [...select.options].find((other) => other.textContent.startsWith('shop: GET'));
		select.value = option.value;
		select.dispatchEvent(new Event('change'));
		return option.textContent;
	});
	done.operation_functions = await view.evaluate(() => [...document.querySelectorAll('#functions-table tbody tr')].filter((row) =>
		Number(row.cells[3].dataset.value) > 0).map((row) => row.cells[0].textContent).sort());
	await view.evaluate(() => [...document.querySelectorAll('#traces-table tr.row')].find((row) => row.limpetRow.trace.name.startsWith('GET /orders')).click());
	done.request = {parts: await view.$$eval('.flame-request .share span', (parts) => parts.map((part) => ({word: part.dataset.word, value: Number(part.dataset.value)})))};
	await view.click('.flame-request button');
	done.request.selected = await view.evaluate(() => {
		const select = document.querySelector('#profile .flame-bar select');
		return select.options[select.selectedIndex].textContent;
	});
	done.request.samples = await view.evaluate(() => [...document.querySelectorAll('#functions-table tbody tr')].reduce((sum, row) =>
		sum + Math.round(Number(row.cells[3].dataset.value) / 10101010), 0));
	await view.evaluate(() => document.querySelector('#traces-table tr.row.is-open').click());
	await view.selectOption('#profile .flame-bar select', '-1');
	return done;
}

async function search(view, words) {
	await view.fill('#filter', words);
	const found = {operations: await shownRows(view, 'operations-table'), traces: await shownRows(view, 'traces-table'),
		syscalls: await shownRows(view, 'syscalls-table'),
		crashes: await view.$$eval('details.crash:not([hidden])', (open) => open.length)};
	await view.keyboard.press('Escape');
	return {...found, after: await shownRows(view, 'operations-table')};
}

async function sort(view) {
	const column = () => view.$$eval('#operations-table tbody > tr.row', (rows) => rows.map((row) => Number(row.cells[3].dataset.value)));
	await view.click('#operations-table th:nth-child(4) button');
	const descending = await column();
	await view.click('#operations-table th:nth-child(4) button');
	return {descending, ascending: await column()};
}

/* Were something of the target's ever to become markup: it would not run, and nothing would be loaded. */
async function breakOut(view) {
	return view.evaluate(async () => {
		const script = document.createElement('script');
		script.textContent = 'window.harmed = "inserted"';
		document.body.append(script);
		const box = document.createElement('div');
		box.innerHTML = '<img src=x onerror="window.harmed=1"><svg onload="window.harmed=2"></svg><a href="javascript:window.harmed=3">a</a>';
		document.body.append(box);
		box.querySelector('a').click();
		const loaded = await fetch('data:text/plain,loaded').then(() => true, () => false);
		await new Promise((resolve) => setTimeout(resolve, 300));
		return {harmed: window.harmed === undefined ? null : String(window.harmed), loaded};
	});
}

async function look(browser, colours) {
	const context = await browser.newContext({colorScheme: colours, viewport: {width: 1280, height: 900}, offline: true});
	const view = await context.newPage();
	const complaints = [], requests = [];
	view.on('console', (message) => complaints.push(message.type() + ': ' + message.text()));
	view.on('pageerror', (error) => complaints.push('error: ' + error.message));
	view.on('request', (request) => requests.push(request.url()));
	await view.goto('file://' + page);
	const said = await readWhole(view);
	said.syscalls = await cells(view, 'syscalls-table');
	said.ground = await view.evaluate(() => getComputedStyle(document.body).backgroundColor);
	said.harmed = await view.evaluate(() => window.harmed === undefined ? null : String(window.harmed));
	said.profile = await readProfile(view);
	await view.click('#operations-table tr.row:first-child');
	await view.click('#traces-table tr.row:first-child');
	await view.screenshot({path: folder + '/' + colours + '.png', fullPage: true});
	await view.click('#operations-table tr.row:first-child');
	await view.click('#traces-table tr.row:first-child');
	said.keys = await useKeys(view);
	said.search = await search(view, 'orders');
	await view.fill('#filter', 'epipe');
	said.errno = (await cells(view, 'syscalls-table')).map((row) => row[0]);
	await view.keyboard.press('Escape');
	said.nothing = await search(view, 'no such thing');
	said.sort = await sort(view);
	said.complaints = complaints.slice();
	said.requests = requests.slice();
	await view.setViewportSize({width: 420, height: 800});
	said.overflow = await view.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
	await view.screenshot({path: folder + '/' + colours + '-narrow.png'});
	said.broken = await breakOut(view);
	await context.close();
	return said;
}

/* The page of `limpet diff`. */
async function lookAtComparison(browser, colours) {
	const context = await browser.newContext({colorScheme: colours, viewport: {width: 1280, height: 900}, offline: true});
	const view = await context.newPage();
	const complaints = [];
	view.on('console', (message) => complaints.push(message.type() + ': ' + message.text()));
	view.on('pageerror', (error) => complaints.push('error: ' + error.message));
	await view.goto('file://' + folder + '/comparison.html');
	await view.waitForSelector('.flame .box');
	const said = {title: await view.title(), changes: await view.$$eval('#changes-table tbody tr', (rows) => rows.map((row) => [row.cells[0].textContent, row.cells[3].textContent, row.cells[6].textContent])),
		errors: await view.$$eval('#errors-table tbody tr', (rows) => rows.map((row) => row.cells[0].textContent))};
	const classes = (name) => view.evaluate((wanted) => [...document.querySelectorAll('.flame .box')].find((box) => box.limpetNode.name[0] === wanted).className, name);
	said.more = /d-more-/.test(await classes('parse'));
	said.less = /d-less-/.test(await classes('app+0x1f4'));
	await view.evaluate(() => [...document.querySelectorAll('.flame .box')].find((box) => box.limpetNode.name[0] === 'parse').click());
	said.detail = await view.textContent('.flame-foot');
	await view.screenshot({path: folder + '/comparison-' + colours + '.png', fullPage: true});
	said.complaints = complaints;
	await context.close();
	return said;
}

(async () => {
	const browser = await playwright.chromium.launch({executablePath: chromium, args: ['--no-sandbox', '--disable-gpu']});
	console.log(JSON.stringify({light: await look(browser, 'light'), dark: await look(browser, 'dark'),
		comparison: await lookAtComparison(browser, 'light'), darkComparison: await lookAtComparison(browser, 'dark')}));
	await browser.close();
})().catch((error) => {
	console.error(error);
	process.exit(1);
});
