/* Puts the views that have something to draw on the page, in their order. */
function drawHead(summary, viewsCount) {
	const verbs = {run: 'run of', attach: 'attached to', replay: 'recording', agent: 'agent on'};
	const tile = (number, word, isBad) => make('div', {class: 'tile' + (isBad && number ? ' is-bad' : ''), 'data-word': word, 'data-value': number},
		make('span', {class: 'number'}, count(number)), make('span', {class: 'word'}, word));
	document.title = 'limpet: ' + oneLine(summary.subject || '');
	document.getElementById('head').append(
		make('h1', {}, make('span', {class: 'brand'}, 'limpet '), verbs[summary.command] || '', ' ', nameOf(summary.subject)),
		make('p', {class: 'facts'}, summary.start_unix_ns !== '18446744073709551615' && summary.start_unix_ns !== '0' && [make('b', {}, time(summary.start_unix_ns)), ', '],
			make('b', {class: 'number'}, duration(summary.duration)), ' of activity', summary.host && [' on ', make('b', {}, nameOf(summary.host))]),
		make('div', {class: 'tiles'}, tile(summary.spans, 'spans'), tile(summary.traces, 'traces'), tile(summary.errors, 'failed spans', true),
			tile(summary.crashes, 'crashes', true), tile(summary.exceptions, 'exceptions', true), tile(summary.lost, 'lost', true)));
	document.getElementById('foot').append('limpet ' + summary.version + '. Keys: ', make('kbd', {}, '/'), ' filter, ', make('kbd', {}, '1'), ' to ',
		make('kbd', {}, String(viewsCount)), ' sections, ', make('kbd', {}, '↑'), ' ', make('kbd', {}, '↓'), ' rows, ', make('kbd', {}, 'Enter'), ' open.');
}

function drawViews(sections) {
	const shown = views.filter((view) => view.key in sections);
	shown.forEach((view) => {
		const heading = make('h2', {id: view.id + '-title', tabindex: -1}, view.title);
		const section = make('section', {id: view.id, 'aria-labelledby': view.id + '-title'}, heading);
		fill(section, {}, view.draw(sections[view.key], sections).flat(2));
		document.getElementById('main').append(section);
		document.getElementById('links').append(make('li', {}, make('a', {href: '#' + view.id}, view.title,
			make('span', {class: 'number'}, count(view.count(sections[view.key]))))));
	});
	return shown;
}

function listen(shown) {
	const filter = document.getElementById('filter');
	const apply = () => filters.forEach((take) => take(filter.value.trim().toLowerCase()));
	filter.addEventListener('input', apply);
	document.addEventListener('keydown', (event) => {
		if (event.ctrlKey || event.metaKey || event.altKey) {
			return;
		}
		if (event.target === filter) {
			if (event.key === 'Escape') {
				filter.value = '';
				apply();
				filter.blur();
			}
			return;
		}
		const view = shown[Number(event.key) - 1];
		if (event.key === '/') {
			event.preventDefault();
			filter.focus();
		} else if (view) {
			const section = document.getElementById(view.id);
			section.scrollIntoView();
			(section.querySelector('tr.row[tabindex="0"], summary') || section.querySelector('h2')).focus({preventScroll: true});
		}
	});
}

const sections = JSON.parse(document.getElementById('sections').textContent);
const shownViews = drawViews(sections);
if (sections.comparison) {
	drawComparisonHead(sections.comparison);
} else {
	drawHead(sections.summary, shownViews.length);
}
listen(shownViews);
