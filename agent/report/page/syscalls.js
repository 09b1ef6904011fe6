/* System calls of all traced processes together: how often, how long, how they failed. Only the most frequent errors are told apart. */
function errorsOf(row) {
	const others = row.failed - row.errors.reduce((sum, error) => sum + error.count, 0);
	return [...row.errors, ...(others > 0 ? [{name: 'other', count: others}] : [])].map((error) => error.name + ' ' + count(error.count)).join(', ');
}

views.push({
	id: 'syscalls',
	title: 'System calls',
	key: 'syscalls',
	count: (rows) => rows.length,
	draw(rows) {
		const time = (title, word) => ({title, isNumber: true, value: (row) => row[word], cell: (row) => duration(row[word])});
		return [
			rows.length === 0 ? make('p', {class: 'empty'}, 'No system call was seen.') : new Table({
				id: 'syscalls-table',
				rows,
				few: 25,
				sort: 2,
				search: (row) => [row.name, ...row.errors.map((error) => error.name)].join(' '),
				columns: [
					{title: 'system call', value: (row) => row.name, cell: (row) => nameOf(row.name)},
					{title: 'count', isNumber: true, value: (row) => row.count, cell: (row) => count(row.count)},
					time('total', 'sum'), time('mean', 'mean'), time('max', 'max'),
					{title: 'failed', isNumber: true, value: (row) => row.failed, cell: (row) => make('span', {class: row.failed ? 'bad' : 'dim'}, count(row.failed))},
					{title: 'errors', isWide: true, value: (row) => row.failed,
						cell: (row) => nameOf(errorsOf(row))},
				],
			}).element,
		];
	},
});
