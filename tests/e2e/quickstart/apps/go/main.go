package main

import (
	"errors"
	"fmt"
	"log"
	"net/http"
	"os"
	"strings"
)

func hello(w http.ResponseWriter, r *http.Request) {
	fmt.Fprintf(w, "<p>Hello, %s!</p>", strings.TrimPrefix(r.URL.Path, "/hello/"))
}

func crash(w http.ResponseWriter, r *http.Request) {
	share(strings.TrimPrefix(r.URL.Path, "/panic/"))
}

func checkout(w http.ResponseWriter, r *http.Request) {
	deliver(strings.TrimPrefix(r.URL.Path, "/checkout/"))
}

//go:noinline
func share(order string) {
	panic("order " + order + " is shared by nobody")
}

//go:noinline
func deliver(order string) {
	panic(errors.New("order " + order + " cannot be delivered"))
}

func main() {
	http.HandleFunc("/hello/", hello)
	http.HandleFunc("/panic/", crash)
	http.HandleFunc("/checkout/", checkout)
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil))
}
