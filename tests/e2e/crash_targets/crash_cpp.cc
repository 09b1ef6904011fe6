/*
 * The crash target in C++: exceptions nobody catches, methods of nothing. usage: crash_cpp WAY
 */
#include "crash_cpp_library.h"

#include <cstdio>
#include <cstring>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#define FRAME __attribute__((noinline, noclone, noipa))

namespace shop
{

volatile int depth;

class Till
{
public:
	FRAME int count(int coins)
	{
		coins_ += coins;
		depth++;
		return coins_;
	}

private:
	long padding_[4];
	int coins_ = 0;
};

class Customer
{
public:
	virtual ~Customer() = default;
	virtual int pay(int price) const = 0;
};

template <typename Key> class Register
{
public:
	FRAME int look_up(const Key &key) const
	{
		int price = prices_.at(key);
		depth++;
		return price;
	}

private:
	std::map<Key, int> prices_;
};

static Till *volatile missing_till;
static Customer *volatile missing_customer;

FRAME static void throw_nowhere()
{
	throw std::runtime_error("no such article: 4711");
}

FRAME static void use_missing_object()
{
	depth += missing_till->count(3);
	depth++;
}

FRAME static void call_missing_virtual()
{
	depth += missing_customer->pay(3);
	depth++;
}

FRAME static void miss_in_map()
{
	Register<std::string> prices;

	depth += prices.look_up("tea");
	depth++;
}

FRAME static void break_promise() noexcept
{
	throw_nowhere();
	depth++;
}

FRAME static void throw_through_library()
{
	library::serve([](int) { throw_nowhere(); });
	depth++;
}

/* Caught where it should be: nothing to report. */
FRAME static void catch_in_time()
{
	try {
		throw_through_library();
	} catch (const std::exception &error) {
		std::puts(error.what());
	}
	depth++;
}

class Shop
{
public:
	using Way = void (*)();
	explicit Shop(Way way) : way_(way)
	{
	}
	FRAME void open()
	{
		serve("Ada");
		depth++;
	}
	FRAME void serve(const std::string &name)
	{
		take(name, 3u);
		depth++;
	}
	FRAME void take(const std::string &name, unsigned articles)
	{
		depth += (int)name.size() + (int)articles;
		find<int>(7);
		depth++;
	}
	template <typename Number> FRAME void find(Number)
	{
		count();
		depth++;
	}
	FRAME void count() const
	{
		read();
		depth++;
	}
	FRAME void read() const
	{
		way_();
		depth++;
	}

private:
	Way way_;
};

static const struct {
	const char *name;
	Shop::Way way;
} ways[] = {
	{"terminate", throw_nowhere},
	{"null-method", use_missing_object},
	{"null-virtual", call_missing_virtual},
	{"map-miss", miss_in_map},
	{"noexcept", break_promise},
	{"library-throw", throw_through_library},
	{"caught", catch_in_time},
};

} // namespace shop

int main(int argc, char **argv)
{
	for (const auto &row : shop::ways) {
		if (argc > 1 && std::strcmp(argv[1], row.name) == 0) {
			shop::Shop(row.way).open();
			return 0;
		}
	}
	std::fprintf(stderr, "usage: crash_cpp WAY\n");
	return 2;
}
