/*
 * Headers and pages come through two rings, so a page may come before or after its thread. What
 * waits: pages without a thread, threads without a verdict, verdicts without all their pages.
 */
#include "crash/crash_collector.h"

#include <errno.h>
#include <stdlib.h>
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/hash_map.h"
#include "crash/crash_faults.h"
#include "crash/crash_verdict.h"

#define MAX_FAULTS     256
#define MAX_SENDERS    1024
#define MAX_STRAYS     512
#define SENDER_KEPT_NS (30 * NS_PER_S)   /* a core dump may take that long */
#define STRAY_KEPT_NS  (2 * NS_PER_S)    /* a page whose thread record found its ring full */
#define PAGES_WAIT_NS  (200 * NS_PER_MS) /* after the end, for pages still to come */
#define DEATH_WAIT_NS  (120 * NS_PER_S)  /* a debugger may hold it, a core may be written */
#define EXIT_WAIT_NS   (500 * NS_PER_MS) /* when the end was told in one ring only */

/* One process on its way out. */
struct dying {
	struct raw_crash *raw;
	uint64_t first_ns;
	uint64_t exit_ns; /* the other ring says it is gone */
	uint32_t exit_code;
	bool is_dead;      /* has its verdict, waits for pages */
	bool is_announced; /* on_death was called */
};

struct stray_page {
	struct raw_page *page;
	uint32_t tgid, tid, serial;
	uint64_t time_ns;
};

struct crash_collector {
	struct crash_collector_settings settings;
	struct crash_collector_sink sink;
	struct drops *drops;
	struct hash_map *dying;   /* tgid -> struct dying */
	struct hash_map *senders; /* tgid -> struct signal_sent_record */
	struct crash_faults *faults;
	struct stray_page strays[MAX_STRAYS];
	uint32_t strays_count;
	uint64_t page_bytes; /* of threads in `dying` and strays */
};

int crash_collector_new(struct crash_collector **ret,
			const struct crash_collector_settings *settings,
			const struct crash_collector_sink *sink, struct drops *drops)
{
	_cleanup_(crash_collector_free) struct crash_collector *collector =
		calloc(1, sizeof(*collector));
	int err;

	if (!collector)
		return -ENOMEM;
	collector->settings = *settings;
	collector->sink = *sink;
	collector->drops = drops;
	err = hash_map_new(&collector->dying, sizeof(uint32_t), sizeof(struct dying),
			   settings->max_crashes);
	if (err == 0)
		err = hash_map_new(&collector->senders, sizeof(uint32_t),
				   sizeof(struct signal_sent_record), MAX_SENDERS);
	if (err == 0)
		err = crash_faults_new(&collector->faults, MAX_FAULTS);
	if (err < 0)
		return err;
	*ret = TAKE_PTR(collector);
	return 0;
}

static void drop_dying(struct crash_collector *collector, struct dying *dying)
{
	uint32_t tgid = *(const uint32_t *)hash_map_key(collector->dying, dying);

	if (dying->raw)
		collector->page_bytes -= raw_crash_page_bytes(dying->raw);
	raw_crash_free(&dying->raw);
	(void)hash_map_remove(collector->dying, &tgid);
}

void crash_collector_free(struct crash_collector **collector)
{
	struct dying *dying;

	if (!*collector)
		return;
	while ((*collector)->dying && (dying = hash_map_oldest((*collector)->dying)))
		drop_dying(*collector, dying);
	for (uint32_t i = 0; i < (*collector)->strays_count; i++)
		free((*collector)->strays[i].page);
	hash_map_free(&(*collector)->dying);
	hash_map_free(&(*collector)->senders);
	crash_faults_free(&(*collector)->faults);
	free(*collector);
	*collector = NULL;
}

static struct dying *add_dying(struct crash_collector *collector, uint32_t tgid, uint64_t now_ns)
{
	bool is_new;
	struct dying *dying = hash_map_add(collector->dying, &tgid, &is_new);

	if (!dying) {
		drops_count(collector->drops, DROP_CRASH_TABLE_FULL);
		return NULL;
	}
	if (is_new) {
		dying->first_ns = now_ns;
		if (raw_crash_new(&dying->raw, tgid) < 0) {
			(void)hash_map_remove(collector->dying, &tgid);
			return NULL;
		}
	}
	return dying;
}

/* The thread this page was copied from, if its record has come. */
static struct raw_thread *find_thread(struct crash_collector *collector, uint32_t tgid,
				      uint32_t tid, uint32_t serial)
{
	struct dying *dying = hash_map_find(collector->dying, &tgid);
	struct raw_thread *fault = crash_faults_find(collector->faults, tgid, tid);

	for (uint32_t i = 0; dying && i < dying->raw->threads_count; i++)
		if (dying->raw->threads[i]->record.serial == serial &&
		    dying->raw->threads[i]->record.tid == tid)
			return dying->raw->threads[i];
	return fault && fault->record.serial == serial ? fault : NULL;
}

static bool add_page(struct raw_thread *thread, struct raw_page *page)
{
	if (!thread || thread->pages_count >= thread->record.pages_copied)
		return false;
	thread->pages[thread->pages_count++] = page;
	return true;
}

static void take_page(struct crash_collector *collector, const struct stack_page_record *record)
{
	struct raw_thread *thread =
		find_thread(collector, record->tgid, record->tid, record->serial);
	struct raw_page *page;

	if ((!thread && collector->strays_count == MAX_STRAYS) ||
	    collector->page_bytes + crash_faults_page_bytes(collector->faults) + sizeof(*page) >
		    collector->settings.max_page_bytes ||
	    !(page = malloc(sizeof(*page)))) {
		drops_count(collector->drops, DROP_STACK_MEMORY);
		return;
	}
	page->address = record->address;
	memcpy(page->bytes, record->bytes, STACK_PAGE_BYTES);
	if (!thread) {
		collector->strays[collector->strays_count++] = (struct stray_page){
			page, record->tgid, record->tid, record->serial, record->header.time_ns};
	} else if (!add_page(thread, page)) {
		free(page);
		return;
	}
	if (!thread || thread != crash_faults_find(collector->faults, record->tgid, record->tid))
		collector->page_bytes += sizeof(*page);
}

static void remove_stray(struct crash_collector *collector, uint32_t i)
{
	collector->strays[i] = collector->strays[--collector->strays_count];
	collector->page_bytes -= sizeof(struct raw_page);
}

/* Pages that came before their thread. */
static void adopt_strays(struct crash_collector *collector, struct raw_thread *thread)
{
	const struct crash_thread_record *record = &thread->record;
	uint32_t i = 0;

	while (i < collector->strays_count) {
		struct stray_page *stray = &collector->strays[i];

		if (stray->tgid != record->tgid || stray->tid != record->tid ||
		    stray->serial != record->serial) {
			i++;
			continue;
		}
		if (!add_page(thread, stray->page))
			free(stray->page);
		remove_stray(collector, i);
	}
}

/* What is only asked where it happened keeps no stack. */
static void forget_pages(struct raw_thread *thread)
{
	for (uint32_t i = 0; i < thread->pages_count; i++)
		free(thread->pages[i]);
	thread->pages_count = 0;
}

/* The report is about the fault the thread was handling, when the signal came out of that. */
static void put_cause_first(struct crash_collector *collector, struct raw_crash *raw)
{
	struct raw_thread *fatal = raw->threads[0];
	struct raw_thread *cause = crash_faults_take_cause(collector->faults, &fatal->record);

	if (!cause) {
		raw->handled =
			crash_faults_take(collector->faults, fatal->record.tgid, fatal->record.tid);
		if (raw->handled)
			forget_pages(raw->handled);
		return;
	}
	collector->page_bytes += cause->pages_count * sizeof(struct raw_page);
	if (cause->record.pages_copied == 0 && fatal->pages_count) {
		/* Its own pages were not copied then, but with the fatal signal's. */
		cause->pages = TAKE_PTR(fatal->pages);
		cause->pages_count = fatal->pages_count;
		cause->record.pages_copied = fatal->record.pages_copied;
		cause->record.serial = fatal->record.serial;
		fatal->pages_count = 0;
	}
	if (cause->record.message_size == 0) {
		cause->record.message_size = fatal->record.message_size;
		memcpy(cause->record.message, fatal->record.message, ABORT_MESSAGE_BYTES);
	}
	collector->page_bytes -= fatal->pages_count * sizeof(struct raw_page);
	raw_crash_free_thread(&raw->threads[0]);
	raw->threads[0] = cause;
}

static void add_thread(struct crash_collector *collector, struct raw_crash *raw,
		       struct raw_thread **thread, bool is_first)
{
	uint64_t bytes = (*thread)->pages_count * sizeof(struct raw_page);

	if (raw->threads_count == MAX_CRASH_THREADS) {
		drops_count(collector->drops, DROP_CRASH_THREADS);
		raw->lost_count++;
		raw_crash_free_thread(thread);
		return;
	}
	if (is_first && raw->threads_count) {
		raw->threads[raw->threads_count++] = raw->threads[0];
		raw->threads[0] = TAKE_PTR(*thread);
	} else {
		raw->threads[raw->threads_count++] = TAKE_PTR(*thread);
	}
	collector->page_bytes += bytes;
}

static void complete(struct crash_collector *collector, struct dying *dying)
{
	struct raw_crash *raw = TAKE_PTR(dying->raw);
	uint32_t tgid = raw->tgid;

	collector->page_bytes -= raw_crash_page_bytes(raw);
	(void)hash_map_remove(collector->dying, &tgid);
	if (!raw_crash_is_complete(raw)) {
		raw->lost_count++;
		drops_count(collector->drops, DROP_CRASH_INCOMPLETE);
	}
	collector->sink.on_complete(collector->sink.self, &raw);
}

static void take_thread(struct crash_collector *collector, const struct crash_thread_record *record)
{
	_cleanup_(raw_crash_free_thread) struct raw_thread *thread = NULL;
	struct dying *dying;
	bool is_fatal = record->kind == CRASH_THREAD_FATAL;

	if (raw_crash_new_thread(&thread, record) < 0) {
		drops_count(collector->drops, DROP_STACK_MEMORY);
		return;
	}
	adopt_strays(collector, thread);
	if (record->kind == CRASH_THREAD_HANDLED) {
		(void)crash_faults_add(collector->faults, &thread);
		return;
	}
	dying = hash_map_find(collector->dying, &record->tgid);
	/* A number used again before we saw all of who had it. */
	if (dying && dying->raw->process_start_ns &&
	    dying->raw->process_start_ns != record->process_start_ns) {
		if (dying->is_dead) {
			complete(collector, dying);
		} else {
			drops_count(collector->drops, DROP_CRASH_INCOMPLETE);
			drop_dying(collector, dying);
		}
	}
	dying = add_dying(collector, record->tgid, record->header.time_ns);
	if (!dying)
		return;
	dying->raw->process_start_ns = record->process_start_ns;
	dying->raw->lost_count += record->pages_lost;
	/* Two threads may fault at once: the first one is the crash. */
	is_fatal = is_fatal && dying->raw->fatal_ns == 0;
	add_thread(collector, dying->raw, &thread, is_fatal);
	if (!is_fatal)
		return;
	dying->raw->fatal_ns = record->header.time_ns;
	if (collector->sink.on_fatal)
		collector->sink.on_fatal(collector->sink.self, record);
}

static void take_sender(struct crash_collector *collector, const struct signal_sent_record *record)
{
	uint32_t tgid = record->target_tgid;
	struct signal_sent_record *sender = hash_map_add(collector->senders, &tgid, NULL);

	if (!sender) {
		uint32_t oldest = *(const uint32_t *)hash_map_key(
			collector->senders, hash_map_oldest(collector->senders));

		(void)hash_map_remove(collector->senders, &oldest);
		sender = hash_map_add(collector->senders, &tgid, NULL);
	}
	if (sender && !(sender->is_oom && !record->is_oom))
		*sender = *record;
}

/* What may come once of a process that dies, before its threads. */
static void keep(struct crash_collector *collector, const struct event *event)
{
	bool is_throw = event->kind == RECORD_CPP_THROW;
	uint32_t tgid = is_throw ? event->thrown->tgid : event->trail->tgid;
	struct dying *dying = add_dying(collector, tgid, event->time_ns);

	if (dying && is_throw)
		raw_crash_keep_throw(dying->raw, event->thrown);
	else if (dying)
		raw_crash_keep_trail(dying->raw, event->trail);
}

static void take_fault(struct crash_collector *collector, struct raw_crash *raw)
{
	struct raw_thread *fault = NULL;

	if (raw->fatal_ns == 0 && raw->death.fault_tid)
		fault = crash_faults_take(collector->faults, raw->tgid, raw->death.fault_tid);
	if (fault)
		add_thread(collector, raw, &fault, true);
}

static void take_death(struct crash_collector *collector, const struct process_death_record *death)
{
	struct dying *dying = add_dying(collector, death->tgid, death->header.time_ns);
	struct signal_sent_record *sender = hash_map_find(collector->senders, &death->tgid);
	struct raw_crash *raw;

	if (!dying || dying->is_dead)
		return;
	raw = dying->raw;
	raw->death = *death;
	raw->death_ns = death->header.time_ns;
	raw->process_start_ns = death->process_start_ns;
	if (sender) {
		raw->has_sender = true;
		raw->sender = *sender;
		(void)hash_map_remove(collector->senders, &death->tgid);
	}
	take_fault(collector, raw);
	if (raw->fatal_ns)
		put_cause_first(collector, raw);
	raw->verdict = crash_verdict_of(raw);
	crash_faults_process_exited(collector->faults, death->tgid);
	dying->is_dead = true;
}

/* Told when the other rings have been read too: what it wrote last is known by then. False: nobody
 * wants to know more. */
static bool announce(struct crash_collector *collector, struct dying *dying)
{
	if (dying->is_announced)
		return true;
	dying->is_announced = true;
	if (collector->sink.on_death(collector->sink.self, dying->raw))
		return true;
	drop_dying(collector, dying);
	return false;
}

static void take_exit(struct crash_collector *collector, const struct process_exit_record *exit,
		      uint64_t now_ns)
{
	struct dying *dying = hash_map_find(collector->dying, &exit->tgid);

	if (!dying || dying->is_dead)
		return;
	dying->exit_ns = now_ns;
	dying->exit_code = exit->exit_code;
}

void crash_collector_take(struct crash_collector *collector, const struct event *event)
{
	switch (event->kind) {
	case RECORD_CRASH_THREAD:
		take_thread(collector, event->crash_thread);
		break;
	case RECORD_STACK_PAGE:
		take_page(collector, event->stack_page);
		break;
	case RECORD_SIGNAL_SENT:
		take_sender(collector, event->signal_sent);
		break;
	case RECORD_CRASH_TRAIL:
	case RECORD_CPP_THROW:
		keep(collector, event);
		break;
	case RECORD_PROCESS_DEATH:
		take_death(collector, event->death);
		break;
	case RECORD_PROCESS_EXIT:
		take_exit(collector, event->exit, event->time_ns);
		break;
	default:
		break;
	}
}

/* The record of the end found its ring full, but the other ring told it as well. */
static void make_death(struct crash_collector *collector, const struct dying *dying)
{
	struct process_death_record death = {
		.header = {RECORD_PROCESS_DEATH, 0, sizeof(death), dying->exit_ns},
		.process_start_ns = dying->raw->process_start_ns,
		.tgid = dying->raw->tgid,
		.exit_code = dying->exit_code,
	};

	take_death(collector, &death);
}

static void forget_old(struct crash_collector *collector, uint64_t now_ns)
{
	struct signal_sent_record *sender;
	uint32_t i = 0;

	while ((sender = hash_map_oldest(collector->senders)) &&
	       now_ns > sender->header.time_ns + SENDER_KEPT_NS) {
		uint32_t tgid = sender->target_tgid;

		(void)hash_map_remove(collector->senders, &tgid);
	}
	while (i < collector->strays_count) {
		if (now_ns < collector->strays[i].time_ns + STRAY_KEPT_NS) {
			i++;
			continue;
		}
		free(collector->strays[i].page);
		remove_stray(collector, i);
	}
	crash_faults_tick(collector->faults, now_ns);
}

void crash_collector_tick(struct crash_collector *collector, uint64_t now_ns)
{
	struct dying *dying;
	void *cursor = NULL;

	while ((dying = hash_map_next(collector->dying, &cursor))) {
		if (dying->is_dead) {
			if (announce(collector, dying) &&
			    (raw_crash_is_complete(dying->raw) ||
			     now_ns > dying->raw->death_ns + PAGES_WAIT_NS))
				complete(collector, dying);
		} else if (dying->exit_ns && now_ns > dying->exit_ns + EXIT_WAIT_NS) {
			make_death(collector, dying);
			(void)announce(collector, dying);
		} else if (now_ns > dying->first_ns + DEATH_WAIT_NS) {
			drops_count(collector->drops, DROP_CRASH_INCOMPLETE);
			drop_dying(collector, dying);
		}
	}
	forget_old(collector, now_ns);
}

void crash_collector_finish(struct crash_collector *collector)
{
	struct dying *dying;
	void *cursor = NULL;

	while ((dying = hash_map_next(collector->dying, &cursor)))
		if (dying->is_dead && announce(collector, dying))
			complete(collector, dying);
}

bool crash_collector_is_busy(const struct crash_collector *collector)
{
	return hash_map_count(collector->dying) > 0;
}
