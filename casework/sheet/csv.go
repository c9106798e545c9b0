package sheet

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// csvGrid counts rows as a spreadsheet shows them: a quoted field may hold several
// lines, and an empty line is a row, although the reader passes over it.
type csvGrid struct {
	r       *csv.Reader
	row     int
	endLine int // last line of the record before
}

// openCSV reads UTF-8 with or without byte order mark, and UTF-16 with one, as spreadsheets export it.
func openCSV(r io.Reader) (grid, error) {
	br := bufio.NewReaderSize(transform.NewReader(r, unicode.BOMOverride(transform.Nop)), 64<<10)
	start, err := br.Peek(16 << 10)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, asFileError(err)
	}
	line, _, _ := strings.Cut(string(start), "\n")
	if sep, ok := strings.CutPrefix(strings.TrimSpace(line), "sep="); ok && len(sep) == 1 && strings.Contains(",;\t", sep) {
		if _, err := br.Discard(min(len(line)+1, len(start))); err != nil {
			return nil, fmt.Errorf("read file: %w", err)
		}
		return newCSV(br, rune(sep[0])), nil
	}
	return newCSV(br, delimiter(line)), nil
}

func newCSV(r io.Reader, comma rune) *csvGrid {
	g := &csvGrid{r: csv.NewReader(r)}
	g.r.Comma = comma
	g.r.FieldsPerRecord = -1
	g.r.ReuseRecord = true
	return g
}

// delimiter is the sign that the header has most of, outside quotes.
func delimiter(header string) rune {
	counts := map[rune]int{}
	quoted := false
	for _, r := range header {
		switch {
		case r == '"':
			quoted = !quoted
		case !quoted && (r == ',' || r == ';' || r == '\t'):
			counts[r]++
		}
	}
	switch {
	case counts[';'] > counts[','] && counts[';'] >= counts['\t']:
		return ';'
	case counts['\t'] > counts[',']:
		return '\t'
	}
	return ','
}

func (g *csvGrid) next() (int, []string, error) {
	record, err := g.r.Read()
	if err != nil {
		return 0, nil, asFileError(err)
	}
	for _, field := range record {
		if !utf8.ValidString(field) {
			return 0, nil, &FileError{Reason: "import.file.not_utf8", Args: map[string]string{"row": fmt.Sprint(g.row + 1)}}
		}
	}
	line, _ := g.r.FieldPos(0)
	g.row += line - g.endLine
	last := len(record) - 1
	g.endLine, _ = g.r.FieldPos(last)
	g.endLine += strings.Count(record[last], "\n")
	return g.row, record, nil
}

// asFileError keeps the end of the file and our own refusals, and says of the rest that the file is broken.
func asFileError(err error) error {
	var own *FileError
	if errors.Is(err, io.EOF) || errors.As(err, &own) {
		return err
	}
	var parse *csv.ParseError
	if errors.As(err, &parse) { // its text holds no cell, only positions
		return &FileError{Reason: "import.file.broken", Args: map[string]string{"line": fmt.Sprint(parse.Line)}, Err: parse.Err}
	}
	return fmt.Errorf("read file: %w", err)
}

func (g *csvGrid) source() source { return source{} }

func (g *csvGrid) Close() error { return nil }
