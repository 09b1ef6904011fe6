/* What was lost, and what was left out on purpose, with the reason. */
views.push({
	id: 'drops',
	title: 'Drops',
	key: 'drops',
	count: (drops) => drops.filter((drop) => !drop.is_decision).length,
	draw(drops) {
		if (!drops.length) {
			return [make('p', {class: 'empty'}, 'Nothing was lost.')];
		}
		return [make('div', {class: 'frame'}, make('table', {id: 'drops-table'},
			make('thead', {}, make('tr', {}, make('th', {}, 'reason'), make('th', {class: 'number'}, 'count'), make('th', {}, 'what'))),
			make('tbody', {}, drops.map((drop) => make('tr', {}, make('td', {class: 'mono'}, drop.reason),
				make('td', {class: 'number' + (drop.is_decision ? ' dim' : ' bad'), 'data-value': drop.count}, count(drop.count)),
				make('td', {class: 'wide'}, drop.words + (drop.is_decision ? ' (left out on purpose)' : '')))))))];
	},
});
