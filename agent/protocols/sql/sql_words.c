/* Words of SQL's dialects that decide a summary (sql_summary.c): those of the standard, PostgreSQL,
 * MySQL, MariaDB and CQL. A first word that is not known makes no summary: names of spans stay few.
 */
#include "protocols/sql/sql_words.h"

#define MAX_WORD_BYTES 24

const char sql_words_operations[] =
	" SELECT INSERT UPDATE DELETE MERGE REPLACE CREATE ALTER DROP TRUNCATE CALL EXEC EXECUTE "
	"COPY BEGIN START COMMIT END ROLLBACK ABORT SAVEPOINT RELEASE SET RESET SHOW EXPLAIN "
	"ANALYZE ANALYSE VACUUM DECLARE FETCH MOVE CLOSE PREPARE DEALLOCATE LISTEN NOTIFY "
	"UNLISTEN LOCK GRANT REVOKE COMMENT REFRESH REINDEX CLUSTER CHECKPOINT DISCARD LOAD DO "
	"VALUES TABLE WITH USE DESCRIBE DESC HANDLER KILL OPTIMIZE REPAIR FLUSH XA UNLOCK CHECK "
	"RENAME INSTALL UNINSTALL LIST SECURITY IMPORT REASSIGN PURGE CHANGE STOP SIGNAL GET "
	"CHECKSUM CACHE OPEN HELP BINLOG APPLY ";

const char sql_words_objects[] =
	" TABLE VIEW INDEX DATABASE SCHEMA SEQUENCE FUNCTION PROCEDURE TRIGGER USER ROLE TYPE "
	"DOMAIN EXTENSION KEYSPACE AGGREGATE SERVER TABLESPACE POLICY RULE COLLATION PUBLICATION "
	"SUBSCRIPTION LANGUAGE EVENT GROUP OPERATOR STATISTICS CONVERSION PACKAGE COLUMNFAMILY ";

const char sql_words_routines[] = " FUNCTION PROCEDURE TRIGGER EVENT PACKAGE ";

const char sql_words_list_ends[] =
	" WHERE GROUP ORDER HAVING LIMIT OFFSET SET WINDOW FOR UNION INTERSECT EXCEPT MINUS VALUES "
	"RETURNING FETCH INTO WHEN ALLOW IF ";

const char sql_words_not_names[] =
	" SELECT VALUES WITH WHERE SET ON USING ORDER GROUP BY HAVING LIMIT UNION DEFAULT OUTFILE "
	"DUMPFILE FROM AS INTO TIMESTAMP TTL ";

bool sql_words_has(const char *list, struct view word)
{
	char upper[MAX_WORD_BYTES + 3];

	if (!word.size || word.size > MAX_WORD_BYTES)
		return false;
	upper[0] = ' ';
	for (size_t i = 0; i < word.size; i++) {
		char c = word.bytes[i];

		if (c == ' ' || !c)
			return false;
		upper[i + 1] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
	}
	upper[word.size + 1] = ' ';
	upper[word.size + 2] = '\0';
	return strstr(list, upper);
}
