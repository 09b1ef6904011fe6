'use strict';
/* Everything shown comes from the traced programs: it gets into the page as text nodes only, with what could
 * hide or reorder it made visible. A view is {id, title, key, count(content), draw(content, sections)}. */
const views = [];
const filters = [];

const UNSEEN = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\ufff9-\ufffb]/g;

function visible(text) {
	return String(text).replace(UNSEEN, (c) => '\\u' + c.charCodeAt(0).toString(16).padStart(4, '0'));
}

function oneLine(text) {
	return visible(text).replace(/\n/g, ' ⏎ ');
}

function fill(element, attributes, children) {
	for (const key of Object.keys(attributes || {})) {
		const value = attributes[key];
		if (value !== undefined && value !== null && value !== false) {
			element.setAttribute(key, value === true ? '' : String(value));
		}
	}
	for (const child of children.flat(Infinity)) {
		if (child !== undefined && child !== null && child !== false) {
			element.append(child);
		}
	}
	return element;
}

function make(tag, attributes, ...children) {
	return fill(document.createElement(tag), attributes, children);
}

function draw(tag, attributes, ...children) {
	return fill(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children);
}

function nameOf(text, className) {
	const line = oneLine(text === undefined ? '' : text);
	return make('span', {class: 'name' + (className ? ' ' + className : ''), title: line.length > 24 ? line : undefined}, line);
}

function count(number) {
	return Number(number).toLocaleString('en-US');
}

function plural(number, one, many) {
	return count(number) + ' ' + (Number(number) === 1 ? one : many);
}

function duration(ns) {
	const units = [[1e9, 's'], [1e6, 'ms'], [1e3, 'µs']];
	if (ns >= 60e9) {
		const seconds = Math.round(ns / 1e9);
		return seconds >= 3600 ? Math.floor(seconds / 3600) + 'h ' + Math.floor(seconds % 3600 / 60) + 'm'
			: Math.floor(seconds / 60) + 'm ' + String(seconds % 60).padStart(2, '0') + 's';
	}
	for (const [size, word] of units) {
		if (ns >= size) {
			const value = ns / size;
			return value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2) + ' ' + word;
		}
	}
	return ns + ' ns';
}

function time(unixNs) {
	const ms = Number(BigInt(unixNs) / 1000000n);
	return ms > 0 && ms < 8.64e15 ? new Date(ms).toISOString().replace('T', ' ').replace('Z', ' UTC') : '';
}

const servicesSeen = new Map();

/* The same service has the same colour everywhere. */
function colourOf(service) {
	if (!servicesSeen.has(service)) {
		servicesSeen.set(service, servicesSeen.size % 8);
	}
	return 'c' + servicesSeen.get(service);
}

function serviceName(service) {
	return make('span', {}, make('span', {class: 'dot ' + colourOf(service), 'aria-hidden': 'true'}), nameOf(service));
}

function factsOf(pairs) {
	const list = make('dl', {class: 'facts-of'});
	for (const [key, value] of pairs) {
		if (value !== undefined && value !== '') {
			list.append(make('dt', {}, oneLine(key)), make('dd', {}, value instanceof Node ? value : nameOf(value)));
		}
	}
	return list;
}

function compare(a, b) {
	return typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b));
}

/* columns: {title, value(row), cell(row), isNumber, isWide}; detail(row): what Enter opens, or none. few: so many rows
 * until a button asks for all; a filter shows all that match. */
class Table {
	constructor(options) {
		Object.assign(this, options);
		this.order = options.sort === undefined ? -1 : options.sort;
		this.isDescending = true;
		this.open = new Set();
		this.words = '';
		this.body = make('tbody');
		this.head = make('tr');
		this.none = make('p', {class: 'empty'}, 'Nothing here matches the filter.');
		this.columns.forEach((column, i) => this.head.append(this.heading(column, i)));
		this.more = make('button', {type: 'button', class: 'more'});
		this.more.addEventListener('click', () => {
			this.few = undefined;
			this.fill();
		});
		this.element = make('div', {class: 'frame'}, make('table', {id: this.id}, make('thead', {}, this.head), this.body), this.none, this.more);
		this.body.addEventListener('keydown', (event) => this.onKey(event));
		this.body.addEventListener('click', (event) => this.onClick(event));
		filters.push((words) => {
			this.words = words;
			this.fill();
		});
		this.fill();
	}

	heading(column, i) {
		const button = make('button', {type: 'button'}, column.title);
		button.addEventListener('click', () => {
			this.isDescending = this.order === i ? !this.isDescending : Boolean(column.isNumber);
			this.order = i;
			this.fill();
		});
		return make('th', {scope: 'col', class: column.isNumber ? 'number' : undefined}, column.value ? button : column.title);
	}

	shown() {
		const rows = this.rows.filter((row) => !this.words || this.search(row).toLowerCase().includes(this.words));
		if (this.order >= 0) {
			const value = this.columns[this.order].value;
			const sign = this.isDescending ? -1 : 1;
			rows.sort((a, b) => sign * compare(value(a), value(b)));
		}
		return rows;
	}

	fill() {
		this.body.replaceChildren();
		[...this.head.children].forEach((cell, i) => {
			cell.removeAttribute('aria-sort');
			if (i === this.order) {
				cell.setAttribute('aria-sort', this.isDescending ? 'descending' : 'ascending');
			}
		});
		const rows = this.shown();
		const most = this.words || !this.few || rows.length < this.few * 1.25 ? rows.length : this.few;
		rows.slice(0, most).forEach((row, i) => this.addRow(row, i === 0));
		this.none.hidden = rows.length > 0;
		this.more.hidden = most === rows.length;
		this.more.textContent = 'all ' + count(rows.length) + ' rows';
	}

	addRow(row, isFirst) {
		const cells = this.columns.map((column) => make('td', {
			class: (column.isNumber ? 'number' : '') + (column.isWide ? ' wide' : ''),
			'data-value': column.isNumber && column.value ? column.value(row) : undefined,
		}, column.cell(row)));
		const line = make('tr', this.detail ? {class: 'row', tabindex: isFirst ? 0 : -1, 'aria-expanded': 'false'} : {}, cells);
		line.limpetRow = row;
		this.body.append(line);
		if (this.detail && this.open.has(row)) {
			this.toggle(line);
		}
	}

	toggle(line) {
		const isOpen = !line.classList.contains('is-open');
		line.classList.toggle('is-open', isOpen);
		line.setAttribute('aria-expanded', String(isOpen));
		if (isOpen) {
			this.open.add(line.limpetRow);
			line.after(make('tr', {class: 'detail'}, make('td', {colspan: this.columns.length}, this.detail(line.limpetRow))));
		} else {
			this.open.delete(line.limpetRow);
			line.nextElementSibling.remove();
		}
	}

	onClick(event) {
		const line = event.target.closest('tr');
		if (this.detail && line && line.classList.contains('row')) {
			this.toggle(line);
			this.focus(line);
		}
	}

	focus(line) {
		for (const other of this.body.querySelectorAll('tr.row[tabindex="0"]')) {
			other.tabIndex = -1;
		}
		line.tabIndex = 0;
		line.focus();
	}

	onKey(event) {
		const line = event.target;
		if (!line.classList || !line.classList.contains('row')) {
			return;
		}
		const rows = [...this.body.querySelectorAll('tr.row')];
		const at = rows.indexOf(line);
		const targets = {ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1};
		if (event.key === 'Enter' || event.key === ' ') {
			this.toggle(line);
		} else if (event.key in targets) {
			const to = rows[Math.max(0, Math.min(rows.length - 1, targets[event.key]))];
			this.focus(to);
		} else {
			return;
		}
		event.preventDefault();
	}
}
