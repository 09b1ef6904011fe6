/* Functions with every kind of C++ name, for test_symbols.py: templates, overloads, operators,
 * lambdas, members of nested and unnamed namespaces. Does nothing useful. */
#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#define KEPT __attribute__((noinline, used))

namespace shapes
{
template <typename T, int N> struct grid {
	T cells[N];
	KEPT T sum() const
	{
		T all{};
		for (const T &cell : cells)
			all = all + cell;
		return all;
	}
};

struct point {
	int x, y;
	KEPT point operator+(const point &other) const
	{
		return {x + other.x, y + other.y};
	}
	KEPT explicit operator bool() const
	{
		return x != 0 || y != 0;
	}
};

class shape
{
      public:
	virtual ~shape()
	{
	}
	virtual double area() const = 0;
};

class circle final : public shape
{
	double radius;

      public:
	KEPT explicit circle(double r) : radius(r)
	{
		if (r < 0)
			throw std::invalid_argument("negative radius");
	}
	KEPT double area() const override
	{
		return radius * radius * 3.14159;
	}
};

KEPT int count(int value)
{
	return value + 1;
}
KEPT int count(const std::string &value)
{
	return static_cast<int>(value.size());
}
KEPT int count(const std::map<std::string, std::vector<int>> &values)
{
	int all = 0;
	for (const auto &entry : values)
		all += static_cast<int>(entry.second.size());
	return all;
}

namespace
{
KEPT int hidden(std::function<int(int)> function, int value)
{
	return function(value) * 3;
}
} // namespace

template <typename... Values> KEPT int add_all(Values... values)
{
	return (static_cast<int>(values) + ... + 0);
}

KEPT std::vector<int> sorted(std::vector<int> values)
{
	std::sort(values.begin(), values.end(), [](int a, int b) { return a > b; });
	return values;
}
} // namespace shapes

int main(int argc, char **argv)
{
	shapes::grid<shapes::point, 3> points{};
	shapes::grid<double, 7> numbers{};
	std::unique_ptr<shapes::shape> shape = std::make_unique<shapes::circle>(argc);
	std::map<std::string, std::vector<int>> values{{argv[0], {3, 1, 2}}};
	auto closure = [argc](int value) { return value + argc; };

	return static_cast<bool>(points.sum()) + static_cast<int>(numbers.sum() + shape->area()) +
	       shapes::count(argc) + shapes::count(std::string(argv[0])) + shapes::count(values) +
	       shapes::hidden(closure, argc) + shapes::add_all(1, 'a', 2.5, argc) +
	       shapes::sorted({3, argc}).front();
}
