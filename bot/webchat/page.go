package webchat

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"mime"
	"net/http"
	"path"

	"github.com/gin-gonic/gin"
)

//go:embed static
var static embed.FS

// policy lets the pages load nothing but what they came with. The chat's frame
// may be embedded anywhere; the public page may not.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; form-action 'self'; base-uri 'none'"

type pages struct {
	template *template.Template
	text     func(lang, key string, args ...any) string
}

// view is what a page shows.
type view struct {
	Lang string
	Page
	text func(lang, key string, args ...any) string
}

// T is a text of the catalogue, in the page's language.
func (v view) T(key string, args ...any) string { return v.text(v.Lang, key, args...) }

func loadPages(text func(string, string, ...any) string) (pages, error) {
	t, err := template.ParseFS(static, "static/*.html")
	if err != nil {
		return pages{}, fmt.Errorf("read pages: %w", err)
	}
	return pages{template: t, text: text}, nil
}

func (c *Channel) servePage(name string) gin.HandlerFunc {
	return func(g *gin.Context) {
		lang := "vi"
		if g.Query("lang") == "en" {
			lang = "en"
		}
		var out bytes.Buffer
		err := c.page.template.ExecuteTemplate(&out, name, view{Lang: lang, Page: c.cfg.Page(lang), text: c.page.text})
		if err != nil {
			c.cfg.Logger.ErrorContext(g, "page could not be written", "page", name, "error", err)
			g.AbortWithStatus(http.StatusInternalServerError)
			return
		}
		ancestors := "'none'"
		if name == "frame" {
			ancestors = "*"
		}
		g.Header("Content-Security-Policy", policy+"; frame-ancestors "+ancestors)
		g.Header("Referrer-Policy", "no-referrer")
		g.Header("X-Content-Type-Options", "nosniff")
		g.Data(http.StatusOK, "text/html; charset=utf-8", out.Bytes())
	}
}

// serveStatic serves the script, the style and the widget.
func (c *Channel) serveStatic(g *gin.Context) {
	name := g.Param("file")
	ext := path.Ext(name)
	b, err := static.ReadFile("static/" + path.Base(name))
	if err != nil || ext == ".html" {
		g.AbortWithStatus(http.StatusNotFound)
		return
	}
	g.Header("Cache-Control", "public, max-age=300")
	g.Header("X-Content-Type-Options", "nosniff")
	g.Data(http.StatusOK, mime.TypeByExtension(ext), b)
}
