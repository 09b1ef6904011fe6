/* The table of operations, each with its histogram: a bar is half a power of two of time. */
function barEnd(from) {
	const power = 2 ** Math.floor(Math.log2(Math.max(from, 1)));
	return from < 48 ? from + 16 : from === power ? power * 1.5 : power * 2;
}

function spark(row) {
	const picture = draw('svg', {class: 'spark', width: 120, height: 20, 'aria-hidden': 'true'});
	const most = Math.max(...row.bars.map((bar) => bar[1]));
	if (!row.bars.length) {
		return picture;
	}
	const first = Math.log2(Math.max(row.bars[0][0], 1));
	const last = Math.log2(barEnd(row.bars[row.bars.length - 1][0]));
	const scale = 120 / Math.max(last - first, 6);
	for (const [from, number] of row.bars) {
		const x = (Math.log2(Math.max(from, 1)) - first) * scale;
		const width = Math.max((Math.log2(barEnd(from)) - Math.log2(Math.max(from, 1))) * scale - 1, 2);
		const height = Math.max(19 * number / most, 1.5);
		picture.append(draw('rect', {class: 'bar', x: x.toFixed(1), y: (20 - height).toFixed(1), width: width.toFixed(1), height: height.toFixed(1)}));
	}
	return picture;
}

function histogram(row) {
	const width = 860, height = 190, left = 8, bottom = 24, top = 22;
	const picture = draw('svg', {class: 'histogram', viewBox: '0 0 ' + width + ' ' + height, width: '100%', role: 'img',
		'aria-label': 'latency of ' + oneLine(row.name)});
	const most = Math.max(...row.bars.map((bar) => bar[1]));
	const first = Math.floor(Math.log2(Math.max(row.bars[0][0], 1)) * 2) / 2 - 0.5;
	const last = Math.max(Math.log2(barEnd(row.bars[row.bars.length - 1][0])) + 0.5, first + 6);
	const at = (ns) => left + (Math.log2(Math.max(ns, 1)) - first) * (width - 2 * left) / (last - first);
	picture.append(draw('line', {class: 'axis', x1: 0, x2: width, y1: height - bottom, y2: height - bottom}));
	for (const [from, number] of row.bars) {
		const tall = Math.max((height - bottom - top) * number / most, 1);
		picture.append(draw('rect', {class: 'bar', x: at(from).toFixed(1), y: (height - bottom - tall).toFixed(1),
			width: Math.max(at(barEnd(from)) - at(from) - 1, 1).toFixed(1), height: tall.toFixed(1)},
		draw('title', {}, duration(from) + ' to ' + duration(barEnd(from)) + ': ' + count(number))));
	}
	let room = left;
	for (let power = 0; power < 14; power++) {
		for (const step of [1, 2, 5]) {
			const ns = step * 10 ** power, x = at(ns);
			if (x >= room && x <= width - 40) {
				picture.append(draw('line', {class: 'axis', x1: x, x2: x, y1: height - bottom, y2: height - bottom + 4}),
					draw('text', {x: x + 3, y: height - 8}, duration(ns).replace(/\.0+/, '')));
				room = x + 60;
			}
		}
	}
	let free = -Infinity;
	for (const word of ['p50', 'p95', 'p99']) {
		const x = at(row[word]);
		picture.append(draw('line', {class: 'mark', x1: x, x2: x, y1: top - 6, y2: height - bottom}));
		if (x > free) {
			picture.append(draw('text', {class: 'mark-word', x: Math.min(x + 3, width - 30), y: top - 8}, word));
			free = x + 30;
		}
	}
	return picture;
}

views.push({
	id: 'operations',
	title: 'Operations',
	key: 'operations',
	count: (rows) => rows.filter((row) => !row.is_rest).length,
	draw(rows) {
		const time = (word) => ({title: word, isNumber: true, value: (row) => row[word], cell: (row) => duration(row[word])});
		return [
			rows.some((row) => row.is_rest) && make('p', {class: 'note'}, 'There were more operations than a page has room for; those that came late are counted as "other".'),
			rows.length === 0 ? make('p', {class: 'empty'}, 'No request was seen.') : new Table({
				id: 'operations-table',
				rows,
				sort: 9,
				search: (row) => [row.service, row.kind, row.name].map((text) => visible(text || '')).join(' '),
				detail: (row) => row.bars.length && histogram(row),
				columns: [
					{title: 'service', value: (row) => row.service || '', cell: (row) => row.service && serviceName(row.service)},
					{title: 'kind', value: (row) => row.kind || '', cell: (row) => make('span', {class: 'dim'}, row.kind || '')},
					{title: 'operation', isWide: true, value: (row) => row.name || '', cell: (row) => nameOf(row.name)},
					{title: 'count', isNumber: true, value: (row) => row.count, cell: (row) => count(row.count)},
					{title: 'errors', isNumber: true, value: (row) => row.errors, cell: (row) => make('span', {class: row.errors ? 'bad' : 'dim'}, count(row.errors))},
					time('p50'), time('p95'), time('p99'), time('max'),
					{title: 'total', isNumber: true, value: (row) => row.sum, cell: (row) => duration(row.sum)},
					{title: 'latency', cell: spark},
				],
			}).element,
		];
	},
});
