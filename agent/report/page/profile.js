/* What was sampled: a flame graph of everything, of an operation or of one request, and the functions in it. */
const WAYS = {on: 'on CPU', off: 'off CPU', both: 'both'};
let chooseRequest = null; /* shows one request's graph; there when there is a profile */

function groupTitle(group, traces) {
	if (group.trace) {
		const kept = traces.kept.find((row) => row.trace.id === group.trace);
		return (kept ? oneLine(kept.trace.name || '') + ', ' + duration(kept.trace.duration) + ', ' : '') + group.trace.slice(0, 8);
	}
	if (group.is_unknown) {
		return 'requests that were not heard of';
	}
	if (group.is_rest) {
		return 'other operations';
	}
	return group.name === undefined ? 'outside of requests' : oneLine((group.service || '') + ': ' + group.name);
}

/* Of calls to whom nobody traced: where they lie on the request's own time, whatever runs side by side. What was traced
 * says itself where its time went. */
function timeInCalls(trace) {
	const root = trace.spans[0], end = root.start + root.duration;
	const isLast = (i) => i + 1 === trace.spans.length || trace.spans[i + 1].depth <= trace.spans[i].depth;
	const calls = trace.spans.filter((span, i) => (span.kind === 'client' || span.kind === 'producer') && isLast(i)).sort((a, b) => a.start - b.start);
	let sum = 0, until = root.start;
	for (const call of calls) {
		const from = Math.max(call.start, until), to = Math.min(call.start + call.duration, end);
		if (to > from) {
			sum += to - from;
			until = to;
		}
	}
	return sum;
}

/* Why this one took so long: on the CPU, in calls, waiting for something else (agent/report/request_time.h). */
function requestTime(trace, profile) {
	const group = profile.groups.find((other) => other.trace === trace.id);
	if (!group || !trace.spans.length) {
		return null;
	}
	const calls = timeInCalls(trace), rest = Math.max(trace.spans[0].duration - group.on - calls - group.waits, 0);
	const parts = [['on CPU', group.on, 'k-app'], ['in calls', calls, 'k-library'], ['other waits', group.waits, 'k-kernel'], ['not sampled', rest, 'k-synthetic']];
	const all = parts.reduce((sum, part) => sum + part[1], 0);
	const bar = make('div', {class: 'share', role: 'img', 'aria-label': parts.map(([word, ns]) => word + ' ' + duration(Math.round(ns))).join(', ')});
	for (const [word, ns, kind] of parts) {
		const part = make('span', {class: kind, title: word + ' ' + duration(Math.round(ns)), 'data-word': word, 'data-value': Math.round(ns)}, word + ' ' + duration(Math.round(ns)));
		part.style.flex = (all ? ns / all : 0) + ' 1 0';
		if (ns > 0) {
			bar.append(part);
		}
	}
	const button = make('button', {type: 'button'}, 'Flame graph of this request');
	button.addEventListener('click', () => chooseRequest && chooseRequest(group.group));
	return make('div', {class: 'flame-request'}, make('h3', {}, 'Where its time went'), bar, make('div', {class: 'flame-bar'}, button));
}

function toggles(words, initial, onChange) {
	const box = make('span', {class: 'flame-group', role: 'group'});
	const set = (word) => [...box.children].forEach((button) => button.setAttribute('aria-pressed', String(button.value === word)));
	for (const word of Object.keys(words)) {
		const button = make('button', {type: 'button', value: word}, words[word]);
		button.addEventListener('click', () => {
			set(word);
			onChange(word);
		});
		box.append(button);
	}
	set(initial);
	return box;
}

function groupSelect(profile, traces, onChange) {
	const select = make('select', {'aria-label': 'operation or request'}, make('option', {value: -1}, 'everything'));
	const list = (title, groups) => groups.length > 0 && select.append(fill(make('optgroup', {label: title}), {}, groups.map((group) =>
		make('option', {value: group.group}, shorten(groupTitle(group, traces), 70)))));
	list('operations', profile.groups.filter((group) => !group.trace));
	list('single requests', profile.groups.filter((group) => group.trace));
	select.addEventListener('change', () => onChange(Number(select.value)));
	return select;
}

function functionsTable(rows) {
	const time = (title, word) => ({title, isNumber: true, value: (row) => row[word], cell: (row) => duration(Math.round(row[word]))});
	return new Table({
		id: 'functions-table',
		rows,
		few: 25,
		sort: 3,
		search: (row) => visible(row.name[0] + ' ' + row.name[1]),
		columns: [
			{title: 'function', isWide: true, value: (row) => row.name[0], cell: (row) => nameOf(row.name[0], 'mono')},
			{title: 'in', value: (row) => row.name[1], cell: (row) => nameOf(row.name[1], 'dim')},
			{title: 'kind', value: (row) => kindOf(row.name), cell: (row) => make('span', {class: 'key-of k-' + kindOf(row.name)}, KIND_WORDS[kindOf(row.name)])},
			time('self', 'self'), time('total', 'total'),
		],
	});
}

class ProfileView {
	constructor(profile, traces) {
		this.profile = profile;
		this.group = -1;
		this.way = profile.on > 0 || !profile.off ? 'on' : 'off';
		this.detail = make('div', {class: 'flame-foot', 'aria-live': 'polite'});
		this.graph = new FlameGraph((node) => this.tell(node));
		this.select = groupSelect(profile, traces, (group) => this.show(group, this.way));
		this.find = make('input', {type: 'search', placeholder: 'find functions', 'aria-label': 'find functions in the graph', autocomplete: 'off', spellcheck: 'false'});
		this.find.addEventListener('input', () => this.search());
		this.hits = make('span', {class: 'dim', id: 'flame-hits', 'aria-live': 'polite'});
		this.back = make('button', {type: 'button'}, 'whole graph');
		this.back.addEventListener('click', () => this.graph.zoom(this.graph.tree.root));
		this.table = functionsTable([]);
		const icicle = make('button', {type: 'button', 'aria-pressed': 'false'}, 'icicle');
		icicle.addEventListener('click', () => {
			this.graph.isIcicle = !this.graph.isIcicle;
			icicle.setAttribute('aria-pressed', String(this.graph.isIcicle));
			this.graph.draw();
		});
		this.element = make('div', {class: 'frame'}, make('div', {class: 'flame-bar'}, this.select,
			profile.off > 0 && toggles(WAYS, this.way, (way) => this.show(this.group, way)), icicle, this.find, this.hits, this.back), this.graph.view, this.detail);
		requestAnimationFrame(() => this.show(-1, this.way));
		chooseRequest = (group) => {
			this.select.value = String(group);
			this.show(group, this.way);
			document.getElementById('profile').scrollIntoView();
			this.graph.choose(this.graph.tree.root, true);
		};
	}

	show(group, way) {
		const requests = new Set(this.profile.groups.filter((other) => other.trace).map((other) => other.group));
		this.group = group;
		this.way = way;
		this.tree = callTree(this.profile, (number) => (group < 0 ? !requests.has(number) : number === group));
		this.graph.set(this.tree, way);
		this.table.rows = functionsOf(this.tree, way);
		this.table.fill();
		this.search();
		this.tell(this.tree.root);
	}

	search() {
		const whole = timeOf(this.tree.root, this.way);
		this.graph.search(this.find.value.trim().toLowerCase());
		this.hits.textContent = this.graph.words && whole ? (100 * this.graph.found() / whole).toFixed(1) + ' % in what was found' : '';
	}

	tell(node) {
		const time = timeOf(node, this.way), whole = timeOf(this.tree.root, this.way);
		this.back.disabled = this.graph.zoomed === this.tree.root;
		this.detail.replaceChildren(make('div', {}, make('span', {class: 'key-of k-' + kindOf(node.name)}, node.parent ? KIND_WORDS[kindOf(node.name)] : 'all'),
			nameOf(node.name[0], 'mono'), node.name[1] && [' ', nameOf(node.name[1], 'dim')]),
		make('div', {class: 'dim'}, duration(Math.round(time)) + (whole ? ', ' + (100 * time / whole).toFixed(1) + ' % of what is shown' : '') + ', ' +
			duration(Math.round(selfOf(node, this.way))) + ' of it its own'));
	}
}

views.push({
	id: 'profile',
	title: 'Profile',
	key: 'profile',
	count: (profile) => profile.samples + profile.waits,
	draw(profile, sections) {
		if (!profile.boxes) {
			return [make('p', {class: 'empty'}, 'What was sampled has no room on this page; --folded or --speedscope write it to a file.')];
		}
		const view = new ProfileView(profile, sections.traces);
		return [
			make('p', {class: 'note'}, plural(profile.samples, 'sample', 'samples') + ' at ' + profile.frequency + ' Hz in ' + duration(profile.duration) + ', of ' +
				plural(profile.threads, 'thread', 'threads') + ': ' + duration(profile.on) + ' on the CPU' + (profile.off ? ', ' + duration(profile.off) + ' of waiting seen' : '') + '.',
			profile.is_incomplete && ' It ended before its time.'),
			profile.losses.length > 0 && make('p', {class: 'note' + (profile.is_lossy ? ' bad' : '')}, profile.losses.map((loss) => count(loss.count) + ' ' + loss.words).join('; ') + '.' +
				(profile.is_lossy ? ' More than one in twenty is missing: shares may be wrong.' : '')),
			view.element,
			make('p', {class: 'note'}, 'Click or ', make('kbd', {}, 'Enter'), ' zooms in, ', make('kbd', {}, 'Esc'), ' out; arrows walk the boxes.'),
			make('h3', {}, 'Functions'), view.table.element,
		];
	},
});
