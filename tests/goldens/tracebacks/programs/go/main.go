// Every way in which a Go program reports a panic: one per argument.
package main

import (
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"time"
)

type Shop struct{ prices []int }

func (s *Shop) total(at int, name string) int { return s.prices[at] + len(name) }

type code string

type order struct {
	id   int
	name string
}

type refused struct{ why string }

func (r *refused) Error() string { return "refused: " + r.why }

//go:noinline
func first[T any](items []T) T { return items[len(items)] }

//go:noinline
func deeper(n int) int { return deeper(n+1) + n }

//go:noinline
func fail(with any) { panic(with) }

func nested() {
	defer func() { panic(fmt.Errorf("second: %w", errors.New("inner"))) }()
	fail("first")
}

func repanic() {
	defer func() {
		if r := recover(); r != nil {
			panic(r)
		}
	}()
	fail(&refused{"no money"})
}

func repanicOther() {
	defer func() {
		if r := recover(); r != nil {
			panic(fmt.Sprintf("wrapped: %v", r))
		}
	}()
	fail("original")
}

func mapWrites() {
	counts := map[int]int{}
	for i := 0; i < 4; i++ {
		go func() {
			for j := 0; ; j++ {
				counts[j%100]++
			}
		}()
	}
	time.Sleep(10 * time.Second)
}

func workers() {
	var done sync.WaitGroup
	waiting := make(chan int)
	for i := 0; i < 2; i++ {
		done.Add(1)
		go func() { <-waiting; done.Done() }()
	}
	go func() {
		runtime.LockOSThread()
		select {}
	}()
	time.Sleep(50 * time.Millisecond)
	go (&Shop{}).total(3, "goroutine")
	done.Wait()
}

func races() {
	for i := 0; i < 8; i++ {
		go func() { fail(strings.Repeat("racing ", 3)) }()
	}
	time.Sleep(time.Second)
}

func serve(handler http.Handler) {
	server := httptest.NewServer(handler)
	answer, err := http.Get(server.URL + "/panic")
	if err == nil {
		io.Copy(io.Discard, answer.Body)
	}
	server.Close()
}

func buy(w http.ResponseWriter, r *http.Request) {
	fmt.Fprint(w, (&Shop{[]int{1, 2, 3}}).total(5, "tea"))
}

func refuse(w http.ResponseWriter, r *http.Request) { fail(&refused{"no money"}) }

func logged() {
	defer func() {
		if r := recover(); r != nil {
			log.Printf("recovered from panic: %v\n%s", r, debug.Stack())
		}
	}()
	(&Shop{}).total(1, "logged")
}

func printed() {
	defer func() {
		if recover() != nil {
			debug.PrintStack()
		}
	}()
	(&Shop{}).total(1, "printed")
}

func sameLine() {
	defer func() {
		if r := recover(); r != nil {
			log.Printf("[PANIC RECOVER] %v %s", r, debug.Stack())
		}
	}()
	(&Shop{}).total(1, "same line")
}

// With a deferred panic while Goexit unwinds.
func exits() {
	done := make(chan int)
	go func() {
		defer func() { fail("while leaving") }()
		runtime.Goexit()
	}()
	<-done
}

func main() {
	var absent *Shop
	ways := map[string]func(){
		"string":        func() { fail("out of tea") },
		"error":         func() { fail(fmt.Errorf("cannot buy: %w", errors.New("no money"))) },
		"own_error":     func() { fail(&refused{"closed"}) },
		"own_string":    func() { fail(code("E42")) },
		"struct":        func() { fail(order{1, "tea"}) },
		"pointer":       func() { fail(&order{1, "tea"}) },
		"number":        func() { fail(42) },
		"nil":           func() { fail(nil) },
		"index":         func() { (&Shop{[]int{1, 2, 3}}).total(5, "index") },
		"segfault":      func() { absent.total(0, "nil") },
		"conversion":    func() { var any interface{} = "text"; fmt.Println(any.(int)) },
		"nested":        nested,
		"repanic":       repanic,
		"wrapped":       repanicOther,
		"lines":         func() { fail("one\ntwo\n\ngoroutines are three") },
		"generic":       func() { first([]string{"a", "b"}) },
		"deadlock":      func() { <-make(chan int) },
		"map_writes":    mapWrites,
		"overflow":      func() { deeper(0) },
		"workers":       workers,
		"races":         races,
		"goexit_worker": exits,
		"http":          func() { serve(http.HandlerFunc(buy)) },
		"http_error":    func() { serve(http.HandlerFunc(refuse)) },
		"logged":        logged,
		"printed":       printed,
		"same_line":     sameLine,
		"debug_alone":   debug.PrintStack,
		"log_panic":     func() { log.Panicf("cannot go on: %d", 7) },
		"non_ascii":     func() { fail("kein Tee für Zoë ☕") },
	}
	ways[os.Args[1]]()
}
