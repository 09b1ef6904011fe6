/*
 * One row per interpreter says which of its options take a value, carry the code itself or name the
 * program; one loop walks any command line by it. The command line is hostile text: nothing is
 * assumed but that arguments end in NUL or at the end.
 */
#include "process/script_name.h"

#include <stddef.h>

/* Lists of options, each with a space before and behind. */
struct interpreter {
	enum process_runtime runtime;
	bool has_clusters;          /* "-Bum x" means -B -u -m x */
	const char *value_options;  /* the next argument belongs to them */
	const char *inline_options; /* the program is not a file */
	const char *module_options; /* the next argument names the program as it is */
	const char *file_options;   /* the next argument is the program's file */
	const char *subcommands;    /* words before the file */
};

static const struct interpreter interpreters[] = {
	{RUNTIME_PYTHON, true, " -W -X --check-hash-based-pycs ", " -c ", " -m ", " ", " "},
	{RUNTIME_NODE, false,
	 " -r --require --import --loader --experimental-loader -C --conditions --env-file "
	 "--inspect-port --title --icu-data-dir --openssl-config --max-http-header-size ",
	 " -e --eval -p --print -pe -i --interactive ", " ", " ", " "},
	{RUNTIME_DENO, false, " -c --config --import-map --lock --cert --location --seed ",
	 " eval repl ", " ", " ", " run serve "},
	{RUNTIME_BUN, false, " -r --preload -c --config --cwd --env-file ",
	 " -e --eval -p --print ", " ", " ", " run "},
	{RUNTIME_JAVA, false,
	 " -cp -classpath --class-path -p --module-path --upgrade-module-path --add-modules "
	 "--add-reads --add-exports --add-opens --limit-modules --patch-module --source "
	 "--enable-native-access ",
	 " ", " -m --module ", " -jar ", " "},
	{RUNTIME_RUBY, true, " -r -I -C -E -F -K -T -W --encoding --external-encoding ", " -e ",
	 " ", " ", " "},
	{RUNTIME_PERL, true, " -I -M -m -C -D -F -x -i ", " -e -E ", " ", " ", " "},
	{RUNTIME_PHP, true, " -c -d -S -t -z --define --php-ini --server --docroot ",
	 " -r -B -R -E --run --process-code ", " ", " -f -F --file --process-file ", " "},
	{RUNTIME_DOTNET, false,
	 " --additionalprobingpath --depsfile --runtimeconfig --fx-version --roll-forward ", " ",
	 " ", " ", " exec "},
	{RUNTIME_SHELL, true, " -o -O --rcfile --init-file ", " -c -s ", " ", " ", " "},
};

enum option_kind { OPTION_PLAIN, OPTION_VALUE, OPTION_INLINE, OPTION_MODULE, OPTION_FILE };

static bool is_listed(const char *list, struct view word)
{
	struct view rest = view_of_text(list), token;

	while (view_next_token(&rest, ' ', &token))
		if (token.size && view_equals(token, word))
			return true;
	return false;
}

static enum option_kind kind_of(const struct interpreter *row, struct view option)
{
	if (is_listed(row->inline_options, option))
		return OPTION_INLINE;
	if (is_listed(row->module_options, option))
		return OPTION_MODULE;
	if (is_listed(row->file_options, option))
		return OPTION_FILE;
	return is_listed(row->value_options, option) ? OPTION_VALUE : OPTION_PLAIN;
}

/* Like getopt: letters up to the first that takes something; what follows it in the same argument
 * is that something. */
static enum option_kind kind_of_cluster(const struct interpreter *row, struct view option,
					struct view *ret_attached)
{
	*ret_attached = (struct view){0};
	for (size_t i = 1; i < option.size; i++) {
		char letter[2] = {'-', option.bytes[i]};
		enum option_kind kind = kind_of(row, view_of(letter, 2));

		if (kind != OPTION_PLAIN) {
			*ret_attached = view_skip(option, i + 1);
			return kind;
		}
	}
	return OPTION_PLAIN;
}

static struct view parent_of(struct view path)
{
	struct view base = view_base_name(path);

	return view_take(path, path.size > base.size ? path.size - base.size - 1 : 0);
}

static struct view without_extension(struct view base)
{
	static const char extensions[] =
		" .py .pyc .pyw .pyz .pex .js .mjs .cjs .ts .mts .cts .jsx .tsx .rb .pl .php .phar "
		".jar .war .java .dll .exe .sh .bash .zsh ";
	const char *dot = base.size ? memrchr(base.bytes, '.', base.size) : NULL;

	if (!dot || dot == base.bytes)
		return base;
	if (!is_listed(extensions, view_skip(base, (size_t)(dot - base.bytes))))
		return base;
	return view_take(base, (size_t)(dot - base.bytes));
}

/* "shop-1.2.3-SNAPSHOT" → "shop": a new version is not a new service. */
static struct view without_version(struct view base)
{
	for (size_t i = 1; i + 1 < base.size; i++)
		if (base.bytes[i] == '-' && base.bytes[i + 1] >= '0' && base.bytes[i + 1] <= '9')
			return view_take(base, i);
	return base;
}

/* Files every project has are named by the first folder above that says more. */
static struct view name_of_file(struct view path)
{
	struct view base = without_extension(view_base_name(path)), folder;

	if (view_ends_with(path, VIEW_LITERAL(".jar")) ||
	    view_ends_with(path, VIEW_LITERAL(".war")))
		return without_version(base);
	if (!is_listed(" __main__ __init__ index ", base))
		return base;
	while ((path = parent_of(path)).size) {
		folder = view_base_name(path);
		if (folder.size && !is_listed(" . .. dist build out src lib bin public ", folder))
			return folder;
	}
	return base;
}

/* "shop/com.example.Main" and "com.example.Main" → "Main". */
static struct view name_of_class(struct view class)
{
	struct view base = view_base_name(class);
	const char *dot = base.size ? memrchr(base.bytes, '.', base.size) : NULL;

	if (view_ends_with(base, VIEW_LITERAL(".java")))
		return without_extension(base);
	return dot ? view_skip(base, (size_t)(dot - base.bytes) + 1) : base;
}

static struct view name_of_argument(const struct interpreter *row, enum option_kind kind,
				    struct view argument)
{
	if (kind == OPTION_FILE || (row->runtime != RUNTIME_JAVA && kind == OPTION_PLAIN))
		return name_of_file(argument);
	return row->runtime == RUNTIME_JAVA ? name_of_class(argument) : argument;
}

/* A program that wrote its own title over argv: "puma 5.6.5 (tcp://…) [shop]", "celeryd: …". */
static struct view name_of_title(struct view first)
{
	size_t end = 0;

	while (end < first.size && first.bytes[end] != ' ' && first.bytes[end] != ':')
		end++;
	if (end == 0 || end == first.size || view_find_byte(view_take(first, end), '/') >= 0 ||
	    elf_language_of_name(view_take(first, end)) != RUNTIME_NATIVE)
		return (struct view){0};
	return view_take(first, end);
}

/* The argument that names the program, and of which kind it is; false: there is none. */
static bool find_argument(const struct interpreter *row, struct view rest, struct view *ret,
			  enum option_kind *ret_kind)
{
	struct view argument, attached;
	bool is_first_word = true;

	while (view_next_token(&rest, '\0', &argument)) {
		enum option_kind kind;

		if (argument.size == 0 ||
		    (row->runtime == RUNTIME_JAVA && argument.bytes[0] == '@'))
			continue;
		if (view_equals(argument, VIEW_LITERAL("--"))) {
			*ret_kind = OPTION_PLAIN;
			return view_next_token(&rest, '\0', ret);
		}
		if (view_equals(argument, VIEW_LITERAL("-")))
			break;
		if (argument.bytes[0] != '-' && argument.bytes[0] != '+') {
			if (is_listed(row->inline_options, argument))
				break;
			*ret = argument;
			*ret_kind = OPTION_PLAIN;
			if (!is_first_word || !is_listed(row->subcommands, argument))
				return true;
			is_first_word = false;
			continue;
		}
		attached = (struct view){0};
		kind = row->has_clusters && argument.size > 1 && argument.bytes[1] != '-'
			       ? kind_of_cluster(row, argument, &attached)
			       : kind_of(row, argument);
		if (kind == OPTION_INLINE)
			break;
		if (kind != OPTION_PLAIN && !attached.size &&
		    !view_next_token(&rest, '\0', &attached))
			break;
		*ret = attached;
		*ret_kind = kind;
		if (kind == OPTION_MODULE || kind == OPTION_FILE)
			return true;
	}
	return false;
}

static const struct interpreter *row_of(enum process_runtime runtime)
{
	for (size_t i = 0; i < sizeof(interpreters) / sizeof(interpreters[0]); i++)
		if (interpreters[i].runtime == runtime)
			return &interpreters[i];
	return NULL;
}

bool script_name_argument(enum process_runtime runtime, struct view command_line,
			  struct view *ret_argument, bool *ret_is_module)
{
	const struct interpreter *row = row_of(runtime);
	enum option_kind kind;
	struct view first;

	/* A class, or an archive of them: no source. */
	if (!row || runtime == RUNTIME_JAVA || runtime == RUNTIME_DOTNET ||
	    !view_next_token(&command_line, '\0', &first) || name_of_title(first).size ||
	    !find_argument(row, command_line, ret_argument, &kind) || ret_argument->size == 0)
		return false;
	*ret_is_module = kind == OPTION_MODULE;
	return true;
}

bool script_name_find(enum process_runtime runtime, struct view command_line,
		      char ret_name[SCRIPT_NAME_BYTES])
{
	const struct interpreter *row = row_of(runtime);
	struct view first, name, argument;
	enum option_kind kind;

	if (!row || !view_next_token(&command_line, '\0', &first))
		return false;
	name = name_of_title(first);
	if (!name.size && find_argument(row, command_line, &argument, &kind))
		name = name_of_argument(row, kind, argument);
	if (!name.size || name.size >= SCRIPT_NAME_BYTES)
		return false;
	memcpy(ret_name, name.bytes, name.size);
	ret_name[name.size] = '\0';
	return true;
}
