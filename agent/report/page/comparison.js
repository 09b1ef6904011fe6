/* Two recordings side by side: operations, errors, and where the time on the CPU went. */
function changePill(row) {
	const word = row.change === 'worse' ? (row.is_slower ? 'slower' : row.name === undefined ? 'worse' : 'fails more') : row.is_faster ? 'faster' : row.change || (row.is_few ? 'too few' : 'as before');
	return make('span', {class: 'pill' + (row.change === 'worse' || row.change === 'new' ? ' is-bad' : '')}, word);
}

function changeRank(row) {
	return ['worse', 'new', 'gone', 'better', undefined].indexOf(row.change);
}

function beforeAfter(row, value, show) {
	const sides = ['before', 'after'].map((side) => (row[side] ? show(value(row[side])) : '–'));
	return sides[0] === sides[1] ? make('span', {class: 'dim'}, sides[0]) : [make('span', {class: 'dim'}, sides[0] + ' → '), sides[1]];
}

function failedPart(side) {
	return side.count ? side.errors / side.count : 0;
}

function drawComparisonHead(comparison) {
	const {before, after} = comparison;
	const side = (run) => [make('b', {}, nameOf(run.name)), ': ' + plural(run.spans, 'span', 'spans') + ', ' + count(run.errors) + ' failed, ' +
		plural(run.crashes, 'crash', 'crashes') + ', ' + plural(run.exceptions, 'exception', 'exceptions') + ' in ' + duration(run.duration)];
	document.title = 'limpet: ' + oneLine(before.name || '') + ' → ' + oneLine(after.name || '');
	document.getElementById('head').append(
		make('h1', {}, make('span', {class: 'brand'}, 'limpet '), nameOf(before.name), ' → ', nameOf(after.name)),
		make('p', {class: 'facts'}, side(before)), make('p', {class: 'facts'}, side(after)));
	document.getElementById('foot').append('limpet ' + comparison.version + '.');
}

views.push({
	id: 'changes',
	title: 'Changes',
	key: 'comparison',
	count: (comparison) => comparison.operations.filter((row) => row.change).length,
	draw(comparison) {
		const number = (title, value, show) => ({title, isNumber: true, value: (row) => (row.after ? value(row.after) : 0) - (row.before ? value(row.before) : 0),
			cell: (row) => beforeAfter(row, value, show)});
		return [comparison.operations.length === 0 ? make('p', {class: 'empty'}, 'No request was seen in either.') : new Table({
			id: 'changes-table',
			rows: comparison.operations,
			search: (row) => [row.change, row.service, row.kind, row.name].map((text) => visible(text || '')).join(' '),
			columns: [
				{title: 'change', value: changeRank, cell: changePill},
				{title: 'service', value: (row) => row.service || '', cell: (row) => row.service && serviceName(row.service)},
				{title: 'kind', value: (row) => row.kind || '', cell: (row) => make('span', {class: 'dim'}, row.kind || '')},
				{title: 'operation', isWide: true, value: (row) => row.name || '', cell: (row) => nameOf(row.name)},
				number('count', (side) => side.count, count),
				number('failed', failedPart, (part) => (100 * part).toFixed(1) + ' %'),
				number('p50', (side) => side.p50, duration),
				number('p95', (side) => side.p95, duration),
			],
		}).element];
	},
});

views.push({
	id: 'errors',
	title: 'Errors',
	key: 'comparison',
	count: (comparison) => comparison.errors.filter((row) => row.change === 'new').length,
	draw(comparison) {
		return [comparison.errors.length === 0 ? make('p', {class: 'empty'}, 'No crash and no exception in either.') : new Table({
			id: 'errors-table',
			rows: comparison.errors,
			search: (row) => visible((row.change || '') + ' ' + row.text),
			columns: [
				{title: 'change', value: changeRank, cell: changePill},
				{title: 'what', value: (row) => (row.is_crash ? 'crash' : 'exception'), cell: (row) => (row.is_crash ? 'crash' : 'exception')},
				{title: 'where', isWide: true, value: (row) => row.text, cell: (row) => nameOf(row.text)},
				{title: 'before', isNumber: true, value: (row) => row.before, cell: (row) => count(row.before)},
				{title: 'after', isNumber: true, value: (row) => row.after, cell: (row) => count(row.after)},
			],
		}).element];
	},
});

/* Red has a larger share than before, blue a smaller one; a box is as wide as the time after, or before. */
class DifferenceGraph extends FlameGraph {
	change(node) {
		const {root} = this.tree;
		return (root.off ? node.off / root.off : 0) - (root.on ? node.on / root.on : 0);
	}

	add(rows, node, left, part, isPassed) {
		super.add(rows, node, left, part, isPassed);
		const step = Math.min(Math.ceil(Math.abs(this.change(node)) * 40), 4);
		rows[rows.length - 1].classList.add('is-difference', step === 0 ? 'd-same' : (this.change(node) > 0 ? 'd-more-' : 'd-less-') + step);
	}
}

class DifferenceView {
	constructor(difference) {
		this.tree = callTree(difference, () => true);
		this.way = 'off';
		this.detail = make('div', {class: 'flame-foot', 'aria-live': 'polite'});
		this.graph = new DifferenceGraph((node) => this.tell(node));
		this.find = make('input', {type: 'search', placeholder: 'find functions', 'aria-label': 'find functions in the graph', autocomplete: 'off', spellcheck: 'false'});
		this.find.addEventListener('input', () => this.graph.search(this.find.value.trim().toLowerCase()));
		this.element = make('div', {class: 'frame'}, make('div', {class: 'flame-bar'},
			toggles({off: 'as wide as after', on: 'as wide as before'}, this.way, (way) => this.show(way)), this.find), this.graph.view, this.detail);
		requestAnimationFrame(() => this.show(this.way));
	}

	show(way) {
		this.way = way;
		this.graph.set(this.tree, way);
		this.tell(this.tree.root);
	}

	tell(node) {
		const {root} = this.tree;
		const part = (time, whole) => (whole ? (100 * time / whole).toFixed(1) : '0.0') + ' %';
		this.detail.replaceChildren(make('div', {}, nameOf(node.name[0], 'mono'), node.name[1] && [' ', nameOf(node.name[1], 'dim')]),
			make('div', {class: 'dim'}, part(node.on, root.on) + ' → ' + part(node.off, root.off) + ' of the time on the CPU (' +
				duration(Math.round(node.on)) + ' → ' + duration(Math.round(node.off)) + ')'));
	}
}

views.push({
	id: 'difference',
	title: 'Profile',
	key: 'difference',
	count: (difference) => (difference.names ? difference.names.length : 0),
	draw(difference) {
		return difference.boxes ? [make('p', {class: 'note'}, 'Red has a larger share of the time on the CPU than before, blue a smaller one.'), new DifferenceView(difference).element]
			: [make('p', {class: 'empty'}, 'The profiles have no room on this page.')];
	},
});
