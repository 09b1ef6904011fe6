/* The traces that were kept, and the waterfall of each. */
function spanFacts(span, trace) {
	const state = [span.is_error && 'failed', span.is_incomplete && 'its end was not seen'].filter(Boolean).join(', ');
	return factsOf([
		['operation', span.name], ['service', span.service && serviceName(span.service)], ['kind', span.kind], ['state', state],
		['message', span.message], ['begins', '+' + duration(span.start)], ['takes', duration(span.duration)],
		['of the trace', trace.duration ? (100 * span.duration / trace.duration).toFixed(1) + ' %' : undefined],
		['process', span.pid ? 'PID ' + span.pid : undefined], ['span', span.id],
		...(span.attributes || []), ['more', span.more_attributes ? plural(span.more_attributes, 'attribute', 'attributes') + ' left out' : undefined],
	]);
}

/* below: where its time went; before what is known of the chosen span, which is long. */
function waterfall(trace, below) {
	const chosen = make('div', {class: 'chosen', 'aria-live': 'polite'});
	const lines = make('div', {class: 'waterfall', role: 'listbox', 'aria-label': 'spans'});
	const whole = Math.max(trace.duration, 1);
	const rows = trace.spans.map((span, i) => spanRow(span, i, whole));
	const choose = (i, doesFocus) => {
		rows.forEach((row, j) => {
			row.classList.toggle('is-chosen', i === j);
			row.setAttribute('aria-selected', String(i === j));
			row.tabIndex = i === j ? 0 : -1;
		});
		if (doesFocus) {
			rows[i].focus();
		}
		chosen.replaceChildren(spanFacts(trace.spans[i], trace));
	};
	const ruler = make('div');
	[0, 0.25, 0.5, 0.75].forEach((part) => ruler.append(make('span', {}, part ? duration(whole * part) : '0')));
	lines.append(make('div', {class: 'ruler', 'aria-hidden': 'true'}, make('span'), ruler, make('span')), ...rows);
	lines.addEventListener('mouseover', (event) => {
		const row = event.target.closest('.span');
		if (row) {
			choose(rows.indexOf(row), false);
		}
	});
	lines.addEventListener('keydown', (event) => {
		const at = rows.indexOf(document.activeElement);
		const to = {ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1}[event.key];
		if (at >= 0 && to !== undefined) {
			event.preventDefault();
			event.stopPropagation();
			choose(Math.max(0, Math.min(rows.length - 1, to)), true);
		}
	});
	if (rows.length) {
		choose(0, false);
	}
	return make('div', {},
		make('p', {class: 'note'}, 'Trace ', make('span', {class: 'mono'}, trace.id), ', from ' + time(trace.start_unix_ns) + '.',
			trace.is_continued && ' It goes on from somewhere that was not traced.',
			trace.hidden > 0 && ' ' + plural(trace.hidden, 'more span has', 'more spans have') + ' no room here.'),
		lines, below, chosen);
}

function spanRow(span, i, whole) {
	const extent = make('span', {class: 'extent ' + colourOf(span.service)});
	const label = make('span', {class: 'label'}, span.is_error && make('span', {class: 'bad', title: 'failed'}, '✕ '), nameOf(span.name), ' ',
		nameOf(span.service, 'dim'));
	extent.style.left = (100 * Math.min(span.start / whole, 1)).toFixed(3) + '%';
	extent.style.width = (100 * Math.min(span.duration / whole, 1 - Math.min(span.start / whole, 1))).toFixed(3) + '%';
	label.style.paddingLeft = (0.6 + 0.9 * span.depth) + 'rem';
	return make('div', {class: 'span' + (span.is_error ? ' is-error' : ''), role: 'option', tabindex: i ? -1 : 0}, label,
		make('span', {class: 'track'}, extent), make('span', {class: 'number'}, duration(span.duration)));
}

/* A client's span says less than what it called. */
function beginning(trace) {
	const [first, second] = trace.spans;
	const called = first && second && first.kind === 'client' && second.kind === 'server' && second.name !== first.name;
	return make('span', {class: 'name'}, oneLine(trace.name || ''), called && make('span', {class: 'dim'}, ' → ' + oneLine(second.name || '')));
}

views.push({
	id: 'traces',
	title: 'Traces',
	key: 'traces',
	count: (traces) => traces.seen,
	draw(traces, sections) {
		const rows = traces.kept;
		const note = rows.length < traces.seen
			? plural(rows.length, 'trace', 'traces') + ' of ' + count(traces.seen) + ': of the failed ones and of the others the slowest, at most ' +
				traces.max_of_an_operation + ' of an operation, and a sample of the rest; ' + traces.max_of_a_kind + ' of each kind.'
			: '';
		if (rows.length === 0) {
			return [make('p', {class: 'empty'}, 'No trace was seen.')];
		}
		return [note && make('p', {class: 'note'}, note), new Table({
			id: 'traces-table',
			rows,
			sort: 5,
			search: (row) => visible([row.why, row.trace.id, row.trace.name, row.trace.service,
				...row.trace.spans.map((span) => (span.service || '') + ' ' + (span.name || ''))].join(' ')),
			detail: (row) => waterfall(row.trace, sections.profile && requestTime(row.trace, sections.profile)),
			columns: [
				{title: 'why', value: (row) => row.why, cell: (row) => make('span', {class: 'pill' + (row.why === 'failed' ? ' is-bad' : '')}, row.why)},
				{title: 'service', value: (row) => row.trace.service || '', cell: (row) => serviceName(row.trace.service)},
				{title: 'begins with', isWide: true, value: (row) => row.trace.name || '', cell: (row) => beginning(row.trace)},
				{title: 'spans', isNumber: true, value: (row) => row.trace.spans_count, cell: (row) => count(row.trace.spans_count)},
				{title: 'errors', isNumber: true, value: (row) => row.trace.errors, cell: (row) => make('span', {class: row.trace.errors ? 'bad' : 'dim'}, count(row.trace.errors))},
				{title: 'duration', isNumber: true, value: (row) => row.trace.duration, cell: (row) => duration(row.trace.duration)},
				{title: 'at', value: (row) => row.trace.start_unix_ns, cell: (row) => make('span', {class: 'mono dim'}, time(row.trace.start_unix_ns).slice(11, 23))},
			],
		}).element];
	},
});
