/* Crashes and exceptions: cause, chain, stacks, registers, breadcrumbs, threads. */
function nativeFrame(frame) {
	const unnamed = frame.module ? frame.module + '+' + frame.offset : frame.pc;
	const place = frame.file ? frame.file.replace(/^.*\//, '') + (frame.line ? ':' + frame.line : '') : frame.function ? frame.module : '';
	return make('li', {class: frame.is_in_app ? 'in-app' : undefined}, make('div', {},
		nameOf(frame.function || unnamed || '?', 'function'), place && nameOf(place, 'place'),
		frame.trust === 'scan' && make('span', {class: 'place'}, '(found by scanning)'),
		frame.repeats > 0 && make('span', {class: 'place'}, '… ' + count(frame.repeats) + ' more like this')));
}

function exceptionFrame(frame) {
	const place = (frame.file || '') + (frame.line ? ':' + frame.line : '');
	return make('li', {class: frame.is_in_app ? 'in-app' : undefined}, make('div', {},
		nameOf(frame.function || frame.module || '<top level>', 'function'), place && nameOf(place, 'place'),
		frame.repeats > 0 && make('span', {class: 'place'}, '… ' + count(frame.repeats) + ' more like this'),
		frame.is_in_app && frame.source && make('span', {class: 'source'}, visible(frame.source))));
}

function stackOf(frames, leftOut, drawFrame) {
	return [frames.length > 0 && make('ol', {class: 'stack'}, frames.map(drawFrame)),
		leftOut > 0 && make('p', {class: 'note'}, plural(leftOut, 'more frame', 'more frames'))];
}

function registersOf(thread) {
	return thread.registers && make('div', {class: 'registers'}, thread.registers.map(([name, value]) =>
		make('span', {}, make('span', {class: 'dim'}, name.padEnd(4, '\u00a0')), value)));
}

function threadTitle(thread) {
	return [nameOf(thread.name || 'thread', ''), make('span', {class: 'dim'}, '  ' + thread.tid + (thread.is_main ? ', main' : '') + (thread.is_crashed ? ', crashed' : ''))];
}

function otherThread(thread) {
	const top = thread.frames[0];
	return make('details', {class: 'thread'}, make('summary', {}, threadTitle(thread),
		top && make('span', {class: 'dim'}, ' in '), top && nameOf(top.function || top.module || top.pc, 'mono')),
	stackOf(thread.frames, thread.frames_left_out, nativeFrame), registersOf(thread));
}

const RELATIONS = {cause: 'caused by', context: 'while this was handled', suppressed: 'set aside', member: 'with'};

function chainOf(crash) {
	return crash.exceptions.map((exception) => make('div', {class: 'exception'},
		make('h3', {}, RELATIONS[exception.relation] || 'raised'),
		make('div', {}, make('b', {}, nameOf((exception.module ? exception.module + '.' : '') + (exception.type || 'Error')))),
		exception.value && make('div', {class: 'value name'}, visible(exception.value)),
		stackOf(exception.frames, exception.frames_left_out, exceptionFrame)));
}

function breadcrumbsOf(crash) {
	if (!crash.breadcrumbs.length) {
		return null;
	}
	return [make('h3', {}, 'Before it happened'), make('div', {class: 'frame'}, make('table', {class: 'breadcrumbs'}, make('tbody', {},
		crash.breadcrumbs.slice().reverse().map((crumb) => make('tr', {}, make('td', {class: 'number dim'}, '−' + duration(crumb.before)),
			make('td', {class: 'dim'}, nameOf(crumb.category)), make('td', {class: 'wide' + (crumb.is_error ? ' bad' : '')}, nameOf(crumb.message))))))),
	crash.breadcrumbs_left_out > 0 && make('p', {class: 'note'}, plural(crash.breadcrumbs_left_out, 'earlier one', 'earlier ones') + ' left out')];
}

function factsOfCrash(crash) {
	const signal = [crash.signal, crash.code, crash.fault_address && 'at ' + crash.fault_address].filter(Boolean).join(' ');
	return factsOf([['at', time(crash.unix_ns)], ['service', crash.service && serviceName(crash.service)], ['process', (crash.process || '') + ' (PID ' + crash.pid + (crash.tid ? ', thread ' + crash.tid : '') + ')'],
		['signal', signal], ['sent by', crash.sender_pid ? (crash.sender || '') + ' (PID ' + crash.sender_pid + ')' : undefined],
		['exit status', crash.exit_status], ['memory limit', crash.memory_limit ? count(crash.memory_limit) + ' bytes, used ' + count(crash.memory_usage) : undefined],
		['language', crash.kind === 'exception' ? [crash.language, crash.runtime_version].filter(Boolean).join(' ') : undefined],
		['known by', crash.mechanism], ['logged as', crash.log_message], ['request', crash.request], ['path', crash.request_path], ['trace', crash.trace_id],
		['left out', crash.suppressed ? count(crash.suppressed) + ' like this one before it' : undefined]]);
}

function crashBody(crash) {
	const raising = crash.raising_thread[0];
	return make('div', {}, factsOfCrash(crash), chainOf(crash),
		raising && [make('h3', {}, 'Stack of ', threadTitle(raising)), stackOf(raising.frames, raising.frames_left_out, nativeFrame),
			raising.is_truncated && make('p', {class: 'note'}, 'The stack goes on beyond what was copied.'),
			raising.registers && [make('h3', {}, 'Registers'), registersOf(raising)]],
		breadcrumbsOf(crash),
		crash.threads.length > 0 && [make('h3', {}, 'Other threads'), crash.threads.map(otherThread)],
		crash.threads_count > crash.threads_shown + (raising ? 1 : 0) && make('p', {class: 'note'}, 'More threads had no room here.'));
}

views.push({
	id: 'crashes',
	title: 'Crashes',
	key: 'crashes',
	count: (crashes) => crashes.seen,
	draw(crashes) {
		if (!crashes.seen) {
			return [make('p', {class: 'empty'}, 'Nothing crashed, and no exception was reported.')];
		}
		const parts = crashes.kept.map((crash, i) => {
			const element = make('details', {class: 'crash', open: i === 0}, make('summary', {},
				make('span', {class: 'pill' + (crash.level === 'fatal' ? ' is-bad' : '')}, crash.kind === 'exception' ? (crash.is_handled ? 'handled' : 'exception') : 'crash'), ' ',
				nameOf(crash.type || crash.kind, 'type'), (crash.process || crash.service) && [' in ', nameOf(crash.process || crash.service)], ' ', nameOf(crash.cause || (crash.exceptions[0] && crash.exceptions[0].value) || '', 'dim')), crashBody(crash));
			filters.push((words) => {
				element.hidden = words !== '' && !element.textContent.toLowerCase().includes(words);
			});
			return element;
		});
		return [crashes.kept.length < crashes.seen && make('p', {class: 'note'}, 'The first ' + count(crashes.kept.length) + ' of ' + count(crashes.seen) + '.'), parts];
	},
});
