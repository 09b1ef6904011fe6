/*
 * The table of endpoints, with the identifiers of Elasticsearch's REST specification (what its
 * clients call them by; OpenSearch's are the same where both have them). In a pattern "{index}" is
 * a name that does not begin with "_" and "{}" any segment, whose text is an identifier and stays
 * where it is. Rows with fixed words come before rows that would take the words for names.
 */
#include "protocols/elasticsearch/elasticsearch_endpoint.h"

#define GET    1
#define HEAD   2
#define POST   4
#define PUT    8
#define DELETE 16

struct row {
	uint8_t methods;
	const char *pattern, *operation;
};

static const struct row rows[] = {
	{GET, "", "info"},
	{HEAD, "", "ping"},
	{GET | POST, "_search", "search"},
	{GET | POST, "{index}/_search", "search"},
	{POST | PUT, "_bulk", "bulk"},
	{POST | PUT, "{index}/_bulk", "bulk"},
	{POST, "{index}/_doc", "index"},
	{POST | PUT, "{index}/_doc/{}", "index"},
	{GET, "{index}/_doc/{}", "get"},
	{HEAD, "{index}/_doc/{}", "exists"},
	{DELETE, "{index}/_doc/{}", "delete"},
	{POST | PUT, "{index}/_create/{}", "create"},
	{GET, "{index}/_source/{}", "get_source"},
	{HEAD, "{index}/_source/{}", "exists_source"},
	{POST, "{index}/_update/{}", "update"},
	{POST, "{index}/_update_by_query", "update_by_query"},
	{POST, "{index}/_delete_by_query", "delete_by_query"},
	{POST, "_reindex", "reindex"},
	{GET | POST, "_mget", "mget"},
	{GET | POST, "{index}/_mget", "mget"},
	{GET | POST, "_msearch", "msearch"},
	{GET | POST, "{index}/_msearch", "msearch"},
	{GET | POST, "_count", "count"},
	{GET | POST, "{index}/_count", "count"},
	{GET | POST, "_search/scroll", "scroll"},
	{GET | POST, "_search/scroll/{}", "scroll"},
	{DELETE, "_search/scroll", "clear_scroll"},
	{DELETE, "_search/scroll/{}", "clear_scroll"},
	{POST, "{index}/_pit", "open_point_in_time"},
	{DELETE, "_pit", "close_point_in_time"},
	{GET | POST, "{index}/_explain/{}", "explain"},
	{GET | POST, "_field_caps", "field_caps"},
	{GET | POST, "{index}/_field_caps", "field_caps"},
	{GET | POST, "{index}/_termvectors/{}", "termvectors"},
	{GET | POST, "_search/template", "search_template"},
	{GET | POST, "{index}/_search/template", "search_template"},
	{GET | POST, "{index}/_terms_enum", "terms_enum"},
	{GET | POST, "{index}/_eql/search", "eql.search"},
	{POST, "_query", "esql.query"},
	{POST | GET, "_sql", "sql.query"},
	{POST, "_async_search", "async_search.submit"},
	{POST, "{index}/_async_search", "async_search.submit"},
	{GET, "_async_search/{}", "async_search.get"},
	{DELETE, "_async_search/{}", "async_search.delete"},
	{GET, "_scripts/{}", "get_script"},
	{POST | PUT, "_scripts/{}", "put_script"},
	{DELETE, "_scripts/{}", "delete_script"},
	{GET, "_cat", "cat.help"},
	{GET, "_cat/aliases", "cat.aliases"},
	{GET, "_cat/allocation", "cat.allocation"},
	{GET, "_cat/count", "cat.count"},
	{GET, "_cat/count/{index}", "cat.count"},
	{GET, "_cat/health", "cat.health"},
	{GET, "_cat/indices", "cat.indices"},
	{GET, "_cat/indices/{index}", "cat.indices"},
	{GET, "_cat/master", "cat.master"},
	{GET, "_cat/nodes", "cat.nodes"},
	{GET, "_cat/pending_tasks", "cat.pending_tasks"},
	{GET, "_cat/plugins", "cat.plugins"},
	{GET, "_cat/recovery", "cat.recovery"},
	{GET, "_cat/segments", "cat.segments"},
	{GET, "_cat/shards", "cat.shards"},
	{GET, "_cat/shards/{index}", "cat.shards"},
	{GET, "_cat/tasks", "cat.tasks"},
	{GET, "_cat/templates", "cat.templates"},
	{GET, "_cat/thread_pool", "cat.thread_pool"},
	{GET, "_cluster/health", "cluster.health"},
	{GET, "_cluster/health/{index}", "cluster.health"},
	{GET, "_cluster/state", "cluster.state"},
	{GET, "_cluster/stats", "cluster.stats"},
	{GET, "_cluster/settings", "cluster.get_settings"},
	{PUT, "_cluster/settings", "cluster.put_settings"},
	{GET, "_cluster/pending_tasks", "cluster.pending_tasks"},
	{POST, "_cluster/reroute", "cluster.reroute"},
	{GET, "_component_template/{}", "cluster.get_component_template"},
	{POST | PUT, "_component_template/{}", "cluster.put_component_template"},
	{GET, "_nodes", "nodes.info"},
	{GET, "_nodes/stats", "nodes.stats"},
	{GET, "_nodes/hot_threads", "nodes.hot_threads"},
	{GET, "_nodes/{}/stats", "nodes.stats"},
	{GET, "_tasks", "tasks.list"},
	{GET, "_tasks/{}", "tasks.get"},
	{POST, "_tasks/{}/_cancel", "tasks.cancel"},
	{GET, "_ingest/pipeline/{}", "ingest.get_pipeline"},
	{PUT, "_ingest/pipeline/{}", "ingest.put_pipeline"},
	{DELETE, "_ingest/pipeline/{}", "ingest.delete_pipeline"},
	{GET, "_snapshot/{}", "snapshot.get_repository"},
	{POST | PUT, "_snapshot/{}", "snapshot.create_repository"},
	{GET, "_snapshot/{}/{}", "snapshot.get"},
	{POST | PUT, "_snapshot/{}/{}", "snapshot.create"},
	{DELETE, "_snapshot/{}/{}", "snapshot.delete"},
	{POST, "_snapshot/{}/{}/_restore", "snapshot.restore"},
	{POST, "_aliases", "indices.update_aliases"},
	{GET, "_alias", "indices.get_alias"},
	{GET, "_alias/{}", "indices.get_alias"},
	{GET, "{index}/_alias", "indices.get_alias"},
	{GET, "{index}/_alias/{}", "indices.get_alias"},
	{HEAD, "_alias/{}", "indices.exists_alias"},
	{HEAD, "{index}/_alias/{}", "indices.exists_alias"},
	{POST | PUT, "{index}/_alias/{}", "indices.put_alias"},
	{DELETE, "{index}/_alias/{}", "indices.delete_alias"},
	{GET, "_index_template/{}", "indices.get_index_template"},
	{POST | PUT, "_index_template/{}", "indices.put_index_template"},
	{DELETE, "_index_template/{}", "indices.delete_index_template"},
	{HEAD, "_index_template/{}", "indices.exists_index_template"},
	{GET, "_template/{}", "indices.get_template"},
	{POST | PUT, "_template/{}", "indices.put_template"},
	{DELETE, "_template/{}", "indices.delete_template"},
	{PUT, "_data_stream/{index}", "indices.create_data_stream"},
	{GET, "_data_stream/{index}", "indices.get_data_stream"},
	{DELETE, "_data_stream/{index}", "indices.delete_data_stream"},
	{GET | POST, "_refresh", "indices.refresh"},
	{GET | POST, "{index}/_refresh", "indices.refresh"},
	{GET | POST, "_flush", "indices.flush"},
	{GET | POST, "{index}/_flush", "indices.flush"},
	{POST, "{index}/_forcemerge", "indices.forcemerge"},
	{POST, "{index}/_open", "indices.open"},
	{POST, "{index}/_close", "indices.close"},
	{POST, "{index}/_cache/clear", "indices.clear_cache"},
	{POST, "{index}/_rollover", "indices.rollover"},
	{GET | POST, "_analyze", "indices.analyze"},
	{GET | POST, "{index}/_analyze", "indices.analyze"},
	{GET | POST, "{index}/_validate/query", "indices.validate_query"},
	{GET, "_mapping", "indices.get_mapping"},
	{GET, "{index}/_mapping", "indices.get_mapping"},
	{POST | PUT, "{index}/_mapping", "indices.put_mapping"},
	{GET, "{index}/_settings", "indices.get_settings"},
	{PUT, "{index}/_settings", "indices.put_settings"},
	{GET, "_stats", "indices.stats"},
	{GET, "{index}/_stats", "indices.stats"},
	{GET, "{index}/_segments", "indices.segments"},
	{GET, "{index}/_recovery", "indices.recovery"},
	{GET, "_resolve/index/{index}", "indices.resolve_index"},
	{GET, "{index}", "indices.get"},
	{HEAD, "{index}", "indices.exists"},
	{PUT, "{index}", "indices.create"},
	{DELETE, "{index}", "indices.delete"},
};

static uint8_t method_bit(struct view method)
{
	static const struct {
		struct view name;
		uint8_t bit;
	} methods[] = {{{"GET", 3}, GET},
		       {{"HEAD", 4}, HEAD},
		       {{"POST", 4}, POST},
		       {{"PUT", 3}, PUT},
		       {{"DELETE", 6}, DELETE}};

	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
		if (view_equals(method, methods[i].name))
			return methods[i].bit;
	return 0;
}

static bool is_index(struct view segment)
{
	return segment.size &&
	       (segment.bytes[0] != '_' || view_equals(segment, VIEW_LITERAL("_all")));
}

static bool fits(struct view pattern, struct view path, struct view *ret_index)
{
	struct view word, segment;

	while (view_next_token(&pattern, '/', &word)) {
		if (!view_next_token(&path, '/', &segment))
			return false;
		if (view_equals(word, VIEW_LITERAL("{index}"))) {
			if (!is_index(segment))
				return false;
			*ret_index = segment;
		} else if (view_equals(word, VIEW_LITERAL("{}")) ? !segment.size
								 : !view_equals(word, segment)) {
			return false;
		}
	}
	return !path.bytes;
}

bool elasticsearch_endpoint_find(struct view method, struct view path,
				 struct elasticsearch_endpoint *ret)
{
	uint8_t bit = method_bit(method);

	if (!path.size || path.bytes[0] != '/')
		return false;
	path = view_skip(path, 1);
	if (path.size > 1 && path.bytes[path.size - 1] == '/')
		path.size--;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct view index = {0};

		if (!(rows[i].methods & bit) || !fits(view_of_text(rows[i].pattern), path, &index))
			continue;
		ret->operation = rows[i].operation;
		ret->index = index;
		return true;
	}
	return false;
}
