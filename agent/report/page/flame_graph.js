/* The tree of calls, and the graph drawn of it: boxes as wide as the time in them, callers below (or above, as icicles).
 * Values are nanoseconds; `way` says of which time: on the CPU, off it, or both. */
const BOX_HEIGHT = 18, NARROWEST = 0.5;
const KINDS = ['library', 'kernel', 'jit', 'interpreted', 'synthetic'];
const KIND_WORDS = {app: 'the program', library: 'libraries', kernel: 'kernel', jit: 'compiled at run time', interpreted: 'interpreted', synthetic: 'not code'};

function kindOf(name) {
	return name[2] >= 8 && (name[2] & 7) === 0 ? 'app' : KINDS[name[2] & 7];
}

/* Of the groups that are wanted; the same function on the same callers is one node. */
function callTree(profile, isWanted) {
	const root = {id: -1, name: ['all', '', 4], parent: null, depth: 0, on: 0, off: 0, children: new Map()};
	const nodes = [root], way = [root], boxes = profile.boxes, period = profile.samples ? profile.on / profile.samples : 0;
	let isShown = false;
	for (let i = 0; i < boxes.depth.length; i++) {
		const depth = boxes.depth[i];
		if (depth === 0) {
			isShown = isWanted(boxes.name[i]);
		}
		if (!isShown) {
			continue;
		}
		let node = root;
		if (depth > 0) {
			const above = way[depth - 1];
			node = above.children.get(boxes.name[i]);
			if (!node) {
				node = {id: boxes.name[i], name: profile.names[boxes.name[i]], parent: above, depth, on: 0, off: 0, children: new Map()};
				above.children.set(boxes.name[i], node);
				nodes.push(node);
			}
		}
		way[depth] = node;
		node.on += boxes.samples[i] * period;
		node.off += boxes.off[i] * 1000;
	}
	for (const node of nodes) {
		node.selfOn = node.on;
		node.selfOff = node.off;
	}
	for (let i = nodes.length - 1; i > 0; i--) {
		nodes[i].parent.on += nodes[i].on;
		nodes[i].parent.off += nodes[i].off;
	}
	for (const node of nodes) {
		node.sorted = [...node.children.values()].sort((a, b) => (a.name[0] < b.name[0] ? -1 : a.name[0] > b.name[0] ? 1 : a.id - b.id));
	}
	return {root, nodes};
}

function timeOf(node, way) {
	return way === 'on' ? node.on : way === 'off' ? node.off : node.on + node.off;
}

function selfOf(node, way) {
	return way === 'on' ? node.selfOn : way === 'off' ? node.selfOff : node.selfOn + node.selfOff;
}

/* A function that calls itself counts once. */
function functionsOf(tree, way) {
	const rows = new Map(), open = new Map();
	const visit = (node) => {
		const row = rows.get(node.id) || {name: node.name, self: 0, total: 0};
		const outer = open.get(node.id) || 0;
		rows.set(node.id, row);
		row.self += selfOf(node, way);
		row.total += outer ? 0 : timeOf(node, way);
		open.set(node.id, outer + 1);
		node.sorted.forEach(visit);
		open.set(node.id, outer);
	};
	tree.root.sorted.forEach(visit);
	return [...rows.values()].filter((row) => row.total > 0).sort((a, b) => b.self - a.self || b.total - a.total).slice(0, 200);
}

class FlameGraph {
	constructor(onChosen) {
		this.onChosen = onChosen;
		this.isIcicle = false;
		this.words = '';
		this.element = make('div', {class: 'flame', role: 'tree', 'aria-label': 'flame graph'});
		this.view = make('div', {class: 'flame-view'}, this.element);
		this.element.addEventListener('click', (event) => this.onClick(event));
		this.element.addEventListener('keydown', (event) => this.onKey(event));
		this.element.addEventListener('mouseover', (event) => this.show(event.target.limpetNode || this.chosen));
		this.element.addEventListener('focusin', (event) => event.target.limpetNode && this.choose(event.target.limpetNode, false));
		window.addEventListener('resize', () => this.draw());
	}

	set(tree, way) {
		this.tree = tree;
		this.way = way;
		this.zoomed = this.chosen = tree.root;
		this.draw();
	}

	search(words) {
		this.words = words;
		this.draw();
	}

	isFound(node) {
		return this.words !== '' && node.parent && oneLine(node.name[0] + ' ' + node.name[1]).toLowerCase().includes(this.words);
	}

	/* What is in functions that match, those that call each other once. */
	found() {
		let sum = 0;
		const visit = (node) => {
			if (this.isFound(node)) {
				sum += timeOf(node, this.way);
			} else {
				node.sorted.forEach(visit);
			}
		};
		visit(this.tree.root);
		return sum;
	}

	zoom(node) {
		this.zoomed = this.chosen = node;
		this.draw();
		this.choose(node, true);
	}

	draw() {
		const whole = timeOf(this.zoomed, this.way), width = this.element.clientWidth || 1200;
		this.boxes = new Map();
		this.rows = [];
		const rows = [];
		for (let node = this.zoomed.parent; node; node = node.parent) {
			this.add(rows, node, 0, 1, true);
		}
		const todo = [[this.zoomed, 0]];
		while (todo.length) {
			const [node, left] = todo.pop();
			const part = whole > 0 ? timeOf(node, this.way) / whole : node === this.zoomed ? 1 : 0;
			if (part * width < NARROWEST && node !== this.zoomed) {
				continue;
			}
			this.add(rows, node, left, part, false);
			let at = left;
			for (const child of node.sorted) {
				todo.push([child, at]);
				at += whole > 0 ? timeOf(child, this.way) / whole : 0;
			}
		}
		this.depth = Math.max(...rows.map((box) => box.limpetNode.depth)) + 1;
		rows.forEach((box) => this.place(box));
		this.element.style.height = this.depth * BOX_HEIGHT + 'px';
		this.element.replaceChildren(...rows);
		this.rows.forEach((row) => row && row.sort((a, b) => a.left - b.left));
		this.view.scrollTop = this.isIcicle ? 0 : this.view.scrollHeight;
		this.mark();
	}

	add(rows, node, left, part, isPassed) {
		const name = oneLine(node.name[0]);
		const box = make('div', {class: 'box k-' + kindOf(node.name) + (isPassed ? ' is-passed' : '') + (part < 0.004 ? ' is-thin' : '') + (this.isFound(node) ? ' is-found' : ''), role: 'treeitem',
			'aria-level': node.depth + 1, 'aria-label': name + ', ' + duration(Math.round(timeOf(node, this.way))), tabindex: -1}, part > 0.015 ? name : '');
		box.limpetNode = node;
		box.style.left = (100 * left).toFixed(4) + '%';
		box.style.width = (100 * part).toFixed(4) + '%';
		rows.push(box);
		this.boxes.set(node, box);
		(this.rows[node.depth] = this.rows[node.depth] || []).push({node, left});
	}

	place(box) {
		const row = this.isIcicle ? box.limpetNode.depth : this.depth - 1 - box.limpetNode.depth;
		box.style.top = row * BOX_HEIGHT + 'px';
	}

	mark() {
		for (const [node, box] of this.boxes) {
			box.tabIndex = node === this.chosen ? 0 : -1;
			box.setAttribute('aria-selected', String(node === this.chosen));
		}
	}

	show(node) {
		if (node) {
			this.onChosen(node);
		}
	}

	choose(node, doesFocus) {
		this.chosen = node;
		this.mark();
		this.show(node);
		if (doesFocus && this.boxes.has(node)) {
			this.boxes.get(node).focus({preventScroll: true});
			this.reveal(this.boxes.get(node));
		}
	}

	/* In the graph; where the page stands is the reader's. */
	reveal(box) {
		const top = parseFloat(box.style.top);
		this.view.scrollTop = Math.min(Math.max(this.view.scrollTop, top + 2 * BOX_HEIGHT - this.view.clientHeight), top);
	}

	onClick(event) {
		if (event.target.limpetNode) {
			this.zoom(event.target.limpetNode);
		}
	}

	beside(step) {
		const row = this.rows[this.chosen.depth] || [];
		const next = row[row.findIndex((box) => box.node === this.chosen) + step];
		return next && next.node;
	}

	onKey(event) {
		const widest = () => this.chosen.sorted.filter((node) => this.boxes.has(node)).sort((a, b) => timeOf(b, this.way) - timeOf(a, this.way))[0];
		const [outward, inward] = this.isIcicle ? ['ArrowUp', 'ArrowDown'] : ['ArrowDown', 'ArrowUp'];
		const to = {[inward]: widest, [outward]: () => this.chosen.parent, ArrowLeft: () => this.beside(-1), ArrowRight: () => this.beside(1),
			Home: () => this.tree.root}[event.key];
		if (event.ctrlKey || event.metaKey || event.altKey) {
			return;
		}
		if (to) {
			this.choose(to() || this.chosen, true);
		} else if (event.key === 'Enter' || event.key === ' ') {
			this.zoom(this.chosen);
		} else if (event.key === 'Escape' || event.key === 'Backspace') {
			this.zoom(event.key === 'Escape' ? this.tree.root : this.zoomed.parent || this.tree.root);
		} else {
			return;
		}
		event.preventDefault();
		event.stopPropagation();
	}
}
