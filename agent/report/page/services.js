/* Who called whom: columns by the distance from where calls come from; the calls as a table too. */
const NODE_WIDTH = 190, NODE_HEIGHT = 42, GAP_X = 130, GAP_Y = 22;

function placeNodes(map) {
	const depth = map.nodes.map(() => 0);
	const isCalled = map.nodes.map(() => false);
	map.edges.forEach((edge) => {
		if (edge.from !== edge.to) {
			isCalled[edge.to] = true;
		}
	});
	const queue = map.nodes.map((node, i) => i).filter((i) => !isCalled[i]);
	const seen = new Set(queue);
	while (queue.length || seen.size < map.nodes.length) {
		if (!queue.length) {
			const next = map.nodes.findIndex((node, i) => !seen.has(i));
			seen.add(next);
			queue.push(next);
		}
		const at = queue.shift();
		for (const edge of map.edges) {
			if (edge.from === at && !seen.has(edge.to)) {
				seen.add(edge.to);
				depth[edge.to] = depth[at] + 1;
				queue.push(edge.to);
			}
		}
	}
	const columns = [];
	depth.forEach((column, i) => (columns[column] = columns[column] || []).push(i));
	const tallest = Math.max(...columns.map((column) => column.length));
	const places = [];
	columns.forEach((column, x) => column.forEach((i, y) => {
		places[i] = {x: 10 + x * (NODE_WIDTH + GAP_X), y: 10 + (y + (tallest - column.length) / 2) * (NODE_HEIGHT + GAP_Y)};
	}));
	const isBack = map.edges.some((edge) => places[edge.to].x <= places[edge.from].x);
	return {places, width: 20 + columns.length * NODE_WIDTH + (columns.length - 1) * GAP_X + (isBack ? 190 : 0), height: 20 + tallest * (NODE_HEIGHT + GAP_Y)};
}

function nodeName(node) {
	return node.kind === 'outside' ? 'outside' : oneLine(node.name || '');
}

function shorten(text, length) {
	return text.length > length ? text.slice(0, length - 1) + '…' : text;
}

function drawCall(edge, places, most) {
	const from = places[edge.from], to = places[edge.to];
	const own = edge.from === edge.to ? NODE_HEIGHT / 4 : 0; /* a loop goes out above and comes in below */
	const y1 = from.y + NODE_HEIGHT / 2 - own, y2 = to.y + NODE_HEIGHT / 2 + own;
	const isBack = to.x <= from.x;
	const x1 = from.x + NODE_WIDTH, x2 = isBack ? to.x + NODE_WIDTH + 7 : to.x - 7;
	const bend = isBack ? 55 : Math.max((x2 - x1) / 2, 30);
	const path = 'M' + x1 + ' ' + y1 + 'C' + (x1 + bend) + ' ' + y1 + ' ' + (isBack ? x2 + bend : x2 - bend) + ' ' + y2 + ' ' + x2 + ' ' + y2;
	const head = isBack ? 'M' + (x2 - 7) + ' ' + y2 + 'l8 -4v8z' : 'M' + (x2 + 7) + ' ' + y2 + 'l-8 -4v8z';
	const bad = edge.errors ? ' is-error' : '';
	const width = 1 + 3 * Math.log2(1 + edge.count) / Math.log2(1 + most);
	return draw('g', {class: 'edge', 'data-from': edge.from, 'data-to': edge.to},
		draw('path', {class: 'call' + bad, d: path, 'stroke-width': width.toFixed(1)}),
		draw('path', {class: 'head' + bad, d: head}),
		draw('text', {class: 'count', x: isBack ? x1 + 54 : x2 - 12, y: isBack ? (y1 + y2) / 2 + 4 : y2 - 6, 'text-anchor': isBack ? 'start' : 'end'},
			count(edge.count) + (edge.errors ? ', ' + count(edge.errors) + ' failed' : '')));
}

function choosable(picture, box, group, i) {
	const show = () => {
		picture.querySelectorAll('.is-near').forEach((other) => other.classList.remove('is-near'));
		box.classList.add('has-choice');
		group.classList.add('is-near');
		for (const edge of picture.querySelectorAll('.edge')) {
			if (edge.dataset.from === String(i) || edge.dataset.to === String(i)) {
				[...edge.children].forEach((part) => part.classList.add('is-near'));
				const other = edge.dataset.from === String(i) ? edge.dataset.to : edge.dataset.from;
				picture.querySelector('.node[data-node="' + other + '"]').classList.add('is-near');
			}
		}
	};
	const hide = () => box.classList.remove('has-choice');
	group.addEventListener('mouseenter', show);
	group.addEventListener('focus', show);
	group.addEventListener('mouseleave', hide);
	group.addEventListener('blur', hide);
}

function drawMap(map) {
	const {places, width, height} = placeNodes(map);
	const picture = draw('svg', {width, height, viewBox: '0 0 ' + width + ' ' + height, role: 'group', 'aria-label': 'map of services'});
	const box = make('div', {class: 'map'}, picture);
	const most = Math.max(1, ...map.edges.map((edge) => edge.count));
	map.edges.forEach((edge) => picture.append(drawCall(edge, places, most)));
	map.nodes.forEach((node, i) => {
		const received = map.edges.filter((edge) => edge.to === i);
		const calls = received.reduce((sum, edge) => sum + edge.count, 0);
		const name = nodeName(node);
		const under = node.kind === 'outside' ? 'callers not traced' : (node.kind === 'peer' ? 'not traced' : 'traced') + (calls ? ', ' + plural(calls, 'call', 'calls') : '');
		const group = draw('g', {class: 'node ' + node.kind, tabindex: 0, 'data-node': i, role: 'img', 'aria-label': name + ', ' + under,
			transform: 'translate(' + places[i].x + ' ' + places[i].y + ')'},
		draw('rect', {width: NODE_WIDTH, height: NODE_HEIGHT, rx: 7}), draw('text', {x: 11, y: 18}, shorten(name, 23)),
		draw('text', {class: 'under', x: 11, y: 33}, under), draw('title', {}, name));
		choosable(picture, box, group, i);
		picture.append(group);
	});
	return box;
}

views.push({
	id: 'services',
	title: 'Services',
	key: 'services',
	count: (map) => map.nodes.filter((node) => node.kind === 'service').length,
	draw(map) {
		if (!map.nodes.length) {
			return [make('p', {class: 'empty'}, 'No call was seen.')];
		}
		return [
			map.left_out > 0 && make('p', {class: 'note'}, plural(map.left_out, 'call or span', 'calls or spans') + ' had no room in this map.'),
			make('div', {class: 'frame'}, drawMap(map)),
			make('h3', {}, 'Calls'),
			new Table({
				id: 'calls-table',
				rows: map.edges,
				sort: 2,
				search: (edge) => nodeName(map.nodes[edge.from]) + ' ' + nodeName(map.nodes[edge.to]),
				columns: [
					{title: 'from', value: (edge) => nodeName(map.nodes[edge.from]), cell: (edge) => nameOf(nodeName(map.nodes[edge.from]))},
					{title: 'to', value: (edge) => nodeName(map.nodes[edge.to]), cell: (edge) => nameOf(nodeName(map.nodes[edge.to]))},
					{title: 'calls', isNumber: true, value: (edge) => edge.count, cell: (edge) => count(edge.count)},
					{title: 'errors', isNumber: true, value: (edge) => edge.errors, cell: (edge) => make('span', {class: edge.errors ? 'bad' : 'dim'}, count(edge.errors))},
					{title: 'mean', isNumber: true, value: (edge) => edge.sum / edge.count, cell: (edge) => duration(Math.round(edge.sum / edge.count))},
					{title: 'max', isNumber: true, value: (edge) => edge.max, cell: (edge) => duration(edge.max)},
				],
			}).element,
		];
	},
});
