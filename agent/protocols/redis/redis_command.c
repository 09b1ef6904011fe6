/*
 * The commands of Redis 7 and 8, Valkey and the modules that come with them, as `COMMAND` lists
 * them. A name is told only if it stands here: the first word of a command may as well be a key
 * that slipped there, or a renamed command that is a secret.
 */
#include "protocols/redis/redis_command.h"

#include <stdlib.h>

/* In the order of strcmp: a container is followed by its subcommands. */
/* clang-format off */
static const char *const known_names[] = {
	"ACL", "ACL CAT", "ACL DELUSER", "ACL DRYRUN", "ACL GENPASS", "ACL GETUSER", "ACL HELP",
	"ACL LIST", "ACL LOAD", "ACL LOG", "ACL SAVE", "ACL SETUSER", "ACL USERS", "ACL WHOAMI",
	"APPEND", "ASKING", "AUTH", "BF.ADD", "BF.CARD", "BF.EXISTS", "BF.INFO", "BF.INSERT",
	"BF.MADD", "BF.MEXISTS", "BF.RESERVE", "BGREWRITEAOF", "BGSAVE", "BITCOUNT", "BITFIELD",
	"BITFIELD_RO", "BITOP", "BITPOS", "BLMOVE", "BLMPOP", "BLPOP", "BRPOP", "BRPOPLPUSH",
	"BZMPOP", "BZPOPMAX", "BZPOPMIN", "CF.ADD", "CF.ADDNX", "CF.COUNT", "CF.DEL", "CF.EXISTS",
	"CF.INFO", "CF.INSERT", "CF.MEXISTS", "CF.RESERVE", "CLIENT", "CLIENT CACHING",
	"CLIENT GETNAME", "CLIENT GETREDIR", "CLIENT HELP", "CLIENT ID", "CLIENT INFO",
	"CLIENT KILL", "CLIENT LIST", "CLIENT NO-EVICT", "CLIENT NO-TOUCH", "CLIENT PAUSE",
	"CLIENT REPLY", "CLIENT SETINFO", "CLIENT SETNAME", "CLIENT TRACKING",
	"CLIENT TRACKINGINFO", "CLIENT UNBLOCK", "CLIENT UNPAUSE", "CLUSTER", "CLUSTER ADDSLOTS",
	"CLUSTER ADDSLOTSRANGE", "CLUSTER BUMPEPOCH", "CLUSTER COUNT-FAILURE-REPORTS",
	"CLUSTER COUNTKEYSINSLOT", "CLUSTER DELSLOTS", "CLUSTER DELSLOTSRANGE",
	"CLUSTER FAILOVER", "CLUSTER FLUSHSLOTS", "CLUSTER FORGET", "CLUSTER GETKEYSINSLOT",
	"CLUSTER HELP", "CLUSTER INFO", "CLUSTER KEYSLOT", "CLUSTER LINKS", "CLUSTER MEET",
	"CLUSTER MYID", "CLUSTER MYSHARDID", "CLUSTER NODES", "CLUSTER REPLICAS",
	"CLUSTER REPLICATE", "CLUSTER RESET", "CLUSTER SAVECONFIG", "CLUSTER SET-CONFIG-EPOCH",
	"CLUSTER SETSLOT", "CLUSTER SHARDS", "CLUSTER SLAVES", "CLUSTER SLOT-STATS",
	"CLUSTER SLOTS", "CMS.INCRBY", "CMS.INFO", "CMS.INITBYDIM", "CMS.INITBYPROB", "CMS.MERGE",
	"CMS.QUERY", "COMMAND", "COMMAND COUNT", "COMMAND DOCS", "COMMAND GETKEYS",
	"COMMAND GETKEYSANDFLAGS", "COMMAND HELP", "COMMAND INFO", "COMMAND LIST", "CONFIG",
	"CONFIG GET", "CONFIG HELP", "CONFIG RESETSTAT", "CONFIG REWRITE", "CONFIG SET", "COPY",
	"DBSIZE", "DEBUG", "DECR", "DECRBY", "DEL", "DELEX", "DIGEST", "DISCARD", "DUMP", "ECHO",
	"EVAL", "EVALSHA", "EVALSHA_RO", "EVAL_RO", "EXEC", "EXISTS", "EXPIRE", "EXPIREAT",
	"EXPIRETIME", "FAILOVER", "FCALL", "FCALL_RO", "FLUSHALL", "FLUSHDB", "FT.AGGREGATE",
	"FT.ALTER", "FT.CREATE", "FT.CURSOR", "FT.DROPINDEX", "FT.EXPLAIN", "FT.HYBRID",
	"FT.INFO", "FT.PROFILE", "FT.SEARCH", "FT.SUGADD", "FT.SUGGET", "FT._LIST", "FUNCTION",
	"FUNCTION DELETE", "FUNCTION DUMP", "FUNCTION FLUSH", "FUNCTION HELP", "FUNCTION KILL",
	"FUNCTION LIST", "FUNCTION LOAD", "FUNCTION RESTORE", "FUNCTION STATS", "GEOADD",
	"GEODIST", "GEOHASH", "GEOPOS", "GEORADIUS", "GEORADIUSBYMEMBER", "GEORADIUSBYMEMBER_RO",
	"GEORADIUS_RO", "GEOSEARCH", "GEOSEARCHSTORE", "GET", "GETBIT", "GETDEL", "GETEX",
	"GETRANGE", "GETSET", "HDEL", "HELLO", "HEXISTS", "HEXPIRE", "HEXPIREAT", "HEXPIRETIME",
	"HGET", "HGETALL", "HGETDEL", "HGETEX", "HINCRBY", "HINCRBYFLOAT", "HKEYS", "HLEN",
	"HMGET", "HMSET", "HPERSIST", "HPEXPIRE", "HPEXPIREAT", "HPEXPIRETIME", "HPTTL",
	"HRANDFIELD", "HSCAN", "HSET", "HSETEX", "HSETNX", "HSTRLEN", "HTTL", "HVALS", "INCR",
	"INCRBY", "INCRBYFLOAT", "INFO", "JSON.ARRAPPEND", "JSON.ARRINDEX", "JSON.ARRINSERT",
	"JSON.ARRLEN", "JSON.ARRPOP", "JSON.ARRTRIM", "JSON.CLEAR", "JSON.DEL", "JSON.GET",
	"JSON.MERGE", "JSON.MGET", "JSON.MSET", "JSON.NUMINCRBY", "JSON.OBJKEYS", "JSON.OBJLEN",
	"JSON.SET", "JSON.STRAPPEND", "JSON.STRLEN", "JSON.TOGGLE", "JSON.TYPE", "KEYS",
	"LASTSAVE", "LATENCY", "LATENCY DOCTOR", "LATENCY GRAPH", "LATENCY HELP",
	"LATENCY HISTOGRAM", "LATENCY HISTORY", "LATENCY LATEST", "LATENCY RESET", "LCS",
	"LINDEX", "LINSERT", "LLEN", "LMOVE", "LMPOP", "LOLWUT", "LPOP", "LPOS", "LPUSH",
	"LPUSHX", "LRANGE", "LREM", "LSET", "LTRIM", "MEMORY", "MEMORY DOCTOR", "MEMORY HELP",
	"MEMORY MALLOC-STATS", "MEMORY PURGE", "MEMORY STATS", "MEMORY USAGE", "MGET", "MIGRATE",
	"MODULE", "MODULE HELP", "MODULE LIST", "MODULE LOAD", "MODULE LOADEX", "MODULE UNLOAD",
	"MONITOR", "MOVE", "MSET", "MSETEX", "MSETNX", "MULTI", "OBJECT", "OBJECT ENCODING",
	"OBJECT FREQ", "OBJECT HELP", "OBJECT IDLETIME", "OBJECT REFCOUNT", "PERSIST", "PEXPIRE",
	"PEXPIREAT", "PEXPIRETIME", "PFADD", "PFCOUNT", "PFDEBUG", "PFMERGE", "PFSELFTEST",
	"PING", "PSETEX", "PSUBSCRIBE", "PSYNC", "PTTL", "PUBLISH", "PUBSUB", "PUBSUB CHANNELS",
	"PUBSUB HELP", "PUBSUB NUMPAT", "PUBSUB NUMSUB", "PUBSUB SHARDCHANNELS",
	"PUBSUB SHARDNUMSUB", "PUNSUBSCRIBE", "QUIT", "RANDOMKEY", "READONLY", "READWRITE",
	"RENAME", "RENAMENX", "REPLCONF", "REPLICAOF", "RESET", "RESTORE", "RESTORE-ASKING",
	"ROLE", "RPOP", "RPOPLPUSH", "RPUSH", "RPUSHX", "SADD", "SAVE", "SCAN", "SCARD", "SCRIPT",
	"SCRIPT DEBUG", "SCRIPT EXISTS", "SCRIPT FLUSH", "SCRIPT HELP", "SCRIPT KILL",
	"SCRIPT LOAD", "SDIFF", "SDIFFSTORE", "SELECT", "SENTINEL", "SENTINEL CKQUORUM",
	"SENTINEL FAILOVER", "SENTINEL GET-MASTER-ADDR-BY-NAME", "SENTINEL MASTER",
	"SENTINEL MASTERS", "SENTINEL MONITOR", "SENTINEL MYID", "SENTINEL REMOVE",
	"SENTINEL REPLICAS", "SENTINEL RESET", "SENTINEL SENTINELS", "SENTINEL SET",
	"SENTINEL SLAVES", "SET", "SETBIT", "SETEX", "SETNX", "SETRANGE", "SHUTDOWN", "SINTER",
	"SINTERCARD", "SINTERSTORE", "SISMEMBER", "SLAVEOF", "SLOWLOG", "SLOWLOG GET",
	"SLOWLOG HELP", "SLOWLOG LEN", "SLOWLOG RESET", "SMEMBERS", "SMISMEMBER", "SMOVE", "SORT",
	"SORT_RO", "SPOP", "SPUBLISH", "SRANDMEMBER", "SREM", "SSCAN", "SSUBSCRIBE", "STRLEN",
	"SUBSCRIBE", "SUBSTR", "SUNION", "SUNIONSTORE", "SUNSUBSCRIBE", "SWAPDB", "SYNC",
	"TDIGEST.ADD", "TDIGEST.CREATE", "TDIGEST.QUANTILE", "TIME", "TOPK.ADD", "TOPK.COUNT",
	"TOPK.INFO", "TOPK.LIST", "TOPK.QUERY", "TOPK.RESERVE", "TOUCH", "TS.ADD", "TS.CREATE",
	"TS.GET", "TS.INCRBY", "TS.INFO", "TS.MADD", "TS.MGET", "TS.MRANGE", "TS.QUERYINDEX",
	"TS.RANGE", "TS.REVRANGE", "TTL", "TYPE", "UNLINK", "UNSUBSCRIBE", "UNWATCH", "VADD",
	"VCARD", "VDIM", "VEMB", "VGETATTR", "VINFO", "VISMEMBER", "VLINKS", "VRANDMEMBER",
	"VREM", "VSETATTR", "VSIM", "WAIT", "WAITAOF", "WATCH", "XACK", "XACKDEL", "XADD",
	"XAUTOCLAIM", "XCLAIM", "XDEL", "XDELEX", "XGROUP", "XGROUP CREATE",
	"XGROUP CREATECONSUMER", "XGROUP DELCONSUMER", "XGROUP DESTROY", "XGROUP HELP",
	"XGROUP SETID", "XINFO", "XINFO CONSUMERS", "XINFO GROUPS", "XINFO HELP", "XINFO STREAM",
	"XLEN", "XPENDING", "XRANGE", "XREAD", "XREADGROUP", "XREVRANGE", "XSETID", "XTRIM",
	"ZADD", "ZCARD", "ZCOUNT", "ZDIFF", "ZDIFFSTORE", "ZINCRBY", "ZINTER", "ZINTERCARD",
	"ZINTERSTORE", "ZLEXCOUNT", "ZMPOP", "ZMSCORE", "ZPOPMAX", "ZPOPMIN", "ZRANDMEMBER",
	"ZRANGE", "ZRANGEBYLEX", "ZRANGEBYSCORE", "ZRANGESTORE", "ZRANK", "ZREM",
	"ZREMRANGEBYLEX", "ZREMRANGEBYRANK", "ZREMRANGEBYSCORE", "ZREVRANGE", "ZREVRANGEBYLEX",
	"ZREVRANGEBYSCORE", "ZREVRANK", "ZSCAN", "ZSCORE", "ZUNION", "ZUNIONSTORE",
};
/* clang-format on */

#define KNOWN_COUNT (sizeof(known_names) / sizeof(known_names[0]))

static int compare_names(const void *key, const void *row)
{
	return strcmp(key, *(const char *const *)row);
}

static void append_upper(char *text, size_t *used, struct view word)
{
	for (size_t i = 0; i < word.size; i++) {
		char c = word.bytes[i];

		text[(*used)++] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
	}
	text[*used] = '\0';
}

static const char *const *find_name(const char *text)
{
	return bsearch(text, known_names, KNOWN_COUNT, sizeof(known_names[0]), compare_names);
}

static bool is_followed_by_subcommand(const char *const *row)
{
	size_t size = strlen(*row);

	return row + 1 < known_names + KNOWN_COUNT && strncmp(row[0], row[1], size) == 0 &&
	       row[1][size] == ' ';
}

/* What a command does to the conversation; all others are answered once and change nothing. */
static const struct {
	const char *name;
	enum redis_meaning meaning;
} meanings[] = {
	{"CLIENT REPLY", REDIS_CLIENT_REPLY},
	{"DISCARD", REDIS_DISCARD},
	{"EXEC", REDIS_EXEC},
	{"MONITOR", REDIS_MONITOR},
	{"PING", REDIS_PING},
	{"PSUBSCRIBE", REDIS_PSUBSCRIBE},
	{"PSYNC", REDIS_SYNC},
	{"PUNSUBSCRIBE", REDIS_PUNSUBSCRIBE},
	{"QUIT", REDIS_QUIT},
	{"RESET", REDIS_RESET},
	{"SELECT", REDIS_SELECT},
	{"SSUBSCRIBE", REDIS_SSUBSCRIBE},
	{"SUBSCRIBE", REDIS_SUBSCRIBE},
	{"SUNSUBSCRIBE", REDIS_SUNSUBSCRIBE},
	{"SYNC", REDIS_SYNC},
	{"UNSUBSCRIBE", REDIS_UNSUBSCRIBE},
};

static enum redis_meaning find_meaning(const char *name)
{
	for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++)
		if (name[0] == meanings[i].name[0] && strcmp(name, meanings[i].name) == 0)
			return meanings[i].meaning;
	return REDIS_ORDINARY;
}

struct redis_command redis_command_find(struct view name)
{
	struct redis_command command = {.name = NULL, .wanted_words = 1};
	char text[MAX_REDIS_WORD_BYTES + 1];
	const char *const *row;
	size_t used = 0;

	if (name.size == 0 || name.size > MAX_REDIS_WORD_BYTES || view_find_byte(name, ' ') >= 0)
		return command;
	append_upper(text, &used, name);
	row = strlen(text) == used ? find_name(text) : NULL;
	if (!row)
		return command;
	command.name = *row;
	command.meaning = find_meaning(*row);
	if (is_followed_by_subcommand(row))
		command.wanted_words = strcmp(*row, "CLIENT") == 0 ? 3 : 2;
	else if (command.meaning == REDIS_SELECT)
		command.wanted_words = 2;
	return command;
}

void redis_command_refine(struct redis_command *command, struct view subcommand)
{
	char text[2 * MAX_REDIS_WORD_BYTES + 2];
	const char *const *row;
	size_t used = 0;

	if (!command->name || command->meaning == REDIS_SELECT || subcommand.size == 0 ||
	    subcommand.size > MAX_REDIS_WORD_BYTES)
		return;
	append_upper(text, &used, view_of_text(command->name));
	text[used++] = ' ';
	append_upper(text, &used, subcommand);
	row = strlen(text) == used ? find_name(text) : NULL;
	if (!row)
		return;
	command->name = *row;
	command->has_subcommand = true;
	command->meaning = find_meaning(*row);
}
