// Functions with every kind of Go name, for test_symbols.py: methods, closures, generics, and much
// of the standard library. Does nothing useful.
package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"sort"
)

type shape interface{ area() float64 }

type circle struct{ radius float64 }

//go:noinline
func (c *circle) area() float64 { return c.radius * c.radius * 3.14159 }

type grid[T int | float64] struct{ cells []T }

//go:noinline
func (g grid[T]) area() float64 {
	var all T
	for _, cell := range g.cells {
		all += cell
	}
	return float64(all)
}

//go:noinline
func largest(shapes ...shape) shape {
	sort.Slice(shapes, func(a, b int) bool { return shapes[a].area() > shapes[b].area() })
	return shapes[0]
}

func main() {
	text, _ := json.Marshal(os.Args)
	_, err := http.Get("http://127.0.0.1:1/")
	defer func() { fmt.Println(recover()) }()
	fmt.Println(largest(&circle{float64(len(text))}, grid[int]{[]int{1, len(text)}}, grid[float64]{[]float64{2}}), err)
}
