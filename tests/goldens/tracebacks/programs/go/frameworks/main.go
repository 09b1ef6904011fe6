// Panics that web frameworks recover from and report in ways of their own.
package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"

	"github.com/gin-gonic/gin"
	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"github.com/labstack/echo/v4"
	echomiddleware "github.com/labstack/echo/v4/middleware"
)

type Shop struct{ prices []int }

func (s *Shop) total(at int) int { return s.prices[at] }

func ginServer(mode string) http.Handler {
	gin.SetMode(mode)
	router := gin.Default()
	router.GET("/panic", func(c *gin.Context) { (&Shop{}).total(5) })
	return router
}

func chiServer() http.Handler {
	router := chi.NewRouter()
	router.Use(middleware.Recoverer)
	router.Get("/panic", func(w http.ResponseWriter, r *http.Request) { (&Shop{}).total(5) })
	return router
}

func echoServer() http.Handler {
	router := echo.New()
	router.Use(echomiddleware.Recover())
	router.GET("/panic", func(c echo.Context) error { (&Shop{}).total(5); return nil })
	return router
}

func main() {
	ways := map[string]func() http.Handler{
		"gin":         func() http.Handler { return ginServer(gin.DebugMode) },
		"gin_release": func() http.Handler { return ginServer(gin.ReleaseMode) },
		"chi":         chiServer,
		"echo":        echoServer,
	}
	server := httptest.NewServer(ways[os.Args[1]]())
	answer, err := http.Get(server.URL + "/panic")
	if err == nil {
		io.Copy(io.Discard, answer.Body)
	}
	server.Close()
}
