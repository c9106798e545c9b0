// Package sheet reads the files that offices hand in, CSV and XLSX, row by row
// into checked values. What is wrong is named by row (as a spreadsheet counts: the header is
// row 1), column and reason; reasons are keys of the catalogues. Memory stays flat however many rows there are.
package sheet

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"tiepdan/bot/text"
	"tiepdan/casework"
)

// What a file may be at most.
const (
	MaxFile    = 32 << 20  // bytes as uploaded
	maxUnzip   = 256 << 20 // bytes that an XLSX may unfold to
	maxInRAM   = 8 << 20   // bytes of one part of an XLSX kept in memory; larger ones go to a temporary file
	MaxRows    = 200_000
	maxColumns = 100
	maxCell    = 2_000 // characters
)

// Row is one data row.
type Row struct {
	Number   int               // as a spreadsheet shows it
	Values   map[string]string // by the column's key, in the forms that the tables describe; "" for an empty cell, nothing for a column that the file has not
	Bad      []Fault
	Repaired int // values that were mended: a lost leading zero, a phone number of eleven digits
}

// Fault is one thing that is wrong with a row.
type Fault struct {
	Column string            `json:"column"` // its name as the tables write it: "ngay_chi"
	Reason string            `json:"reason"` // a key of the catalogues: "import.reason.bad_date"
	Args   map[string]string `json:"args,omitempty"`
}

// FileError says that a file cannot be read at all. Reason is a key of the catalogues.
type FileError struct {
	Reason string
	Args   map[string]string
	Err    error // may be nil
}

func (e *FileError) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("read file: %s: %v", e.Reason, e.Err)
	}
	return "read file: " + e.Reason
}

func (e *FileError) Unwrap() error { return e.Err }

// Header says how the columns of a file were understood.
type Header struct {
	Known   []string // keys of the columns found
	Ignored []string // headers that no column goes by
}

// grid is a file's rows, the header among them. next returns io.EOF after the
// last row, and a row's number as a spreadsheet shows it.
type grid interface {
	next() (number int, cells []string, err error)
	source() source
	Close() error
}

// source says how a cell's text came to be.
type source struct {
	typed    bool // numbers are exact and dates may be serial numbers (XLSX)
	date1904 bool // serial dates count from 1904
}

// Read calls each for every row of a file that is not empty, and stops at its
// error. It returns a *FileError when the file cannot be read.
func Read(r io.Reader, t Table, rules casework.Rules, each func(Row) error) (h Header, err error) {
	g, err := open(r)
	if err != nil {
		return Header{}, err
	}
	defer func() { err = errors.Join(err, g.Close()) }()
	_, cells, err := g.next()
	if errors.Is(err, io.EOF) {
		return Header{}, &FileError{Reason: "import.file.empty"}
	}
	if err != nil {
		return Header{}, err
	}
	columns, h, err := t.header(cells)
	if err != nil {
		return h, err
	}
	p := parser{table: t, columns: columns, rules: rules, source: g.source()}
	for {
		number, cells, err := g.next()
		if errors.Is(err, io.EOF) {
			return h, nil
		}
		if err != nil {
			return h, err
		}
		if number > MaxRows+1 {
			return h, &FileError{Reason: "import.file.too_many_rows", Args: map[string]string{"max": fmt.Sprint(MaxRows)}}
		}
		if blank(cells) {
			continue
		}
		if err := each(p.row(number, cells)); err != nil {
			return h, err
		}
	}
}

func blank(cells []string) bool {
	for _, c := range cells {
		if strings.TrimSpace(c) != "" {
			return false
		}
	}
	return true
}

// open tells the formats apart by their first bytes; a file's name says nothing.
func open(r io.Reader) (grid, error) {
	capped := &capped{r: r, left: MaxFile}
	br := bufio.NewReaderSize(capped, 64<<10)
	start, err := br.Peek(8)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read file: %w", err)
	}
	switch {
	case bytes.HasPrefix(start, []byte("PK\x03\x04")):
		return openXLSX(br)
	case bytes.HasPrefix(start, []byte("\xD0\xCF\x11\xE0")):
		return nil, &FileError{Reason: "import.file.old_excel"}
	case otherKind(start):
		return nil, &FileError{Reason: "import.file.no_table"}
	}
	return openCSV(br)
}

// otherKind knows what offices hand in by mistake under a table's name: PDF, pictures, pages and other XML, RTF,
// RAR, gzip, 7-Zip.
func otherKind(start []byte) bool {
	start = bytes.TrimLeft(bytes.TrimPrefix(start, []byte("\xEF\xBB\xBF")), " \t\r\n")
	for _, sign := range []string{"%PDF", "\x89PNG", "\xFF\xD8\xFF", "GIF8", "<", "{\\rtf", "Rar!", "\x1F\x8B", "7z\xBC\xAF"} {
		if bytes.HasPrefix(start, []byte(sign)) {
			return true
		}
	}
	return false
}

// capped fails, where io.LimitReader would end, when a file is too large.
type capped struct {
	r    io.Reader
	left int64
}

func (c *capped) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	if c.left -= int64(n); c.left < 0 {
		return 0, &FileError{Reason: "import.file.too_large", Args: map[string]string{"max": fmt.Sprint(MaxFile >> 20)}}
	}
	return n, err
}

// header matches the first row to the table's columns.
func (t Table) header(cells []string) ([]*Column, Header, error) {
	if len(cells) > maxColumns {
		cells = cells[:maxColumns]
	}
	var h Header
	columns := make([]*Column, len(cells))
	seen := map[string]bool{}
	for i, cell := range cells {
		c := t.column(cell)
		switch {
		case c == nil:
			if cell = text.Clean(cell); cell != "" {
				h.Ignored = append(h.Ignored, cell)
			}
			continue
		case seen[c.Key]:
			return nil, h, &FileError{Reason: "import.file.column_twice", Args: map[string]string{"column": c.Name}}
		}
		seen[c.Key] = true
		columns[i] = c
		h.Known = append(h.Known, c.Key)
	}
	for _, c := range t.Columns {
		if c.Required && !seen[c.Key] {
			return nil, h, &FileError{Reason: "import.file.no_column", Args: map[string]string{"column": c.Name}}
		}
	}
	for _, pair := range t.Either {
		if !seen[pair[0]] && !seen[pair[1]] {
			return nil, h, &FileError{Reason: "import.file.no_column", Args: map[string]string{"column": t.name(pair[0])}}
		}
	}
	return columns, h, nil
}

// parser turns cells into a Row.
type parser struct {
	table   Table
	columns []*Column
	rules   casework.Rules
	source  source
}

func (p *parser) row(number int, cells []string) Row {
	row := Row{Number: number, Values: make(map[string]string, len(p.columns))}
	bad := map[string]bool{}
	for i, c := range p.columns {
		if c == nil {
			continue
		}
		raw := ""
		if i < len(cells) {
			raw = cells[i]
		}
		got := p.cell(c, raw)
		if got.reason != "" {
			bad[c.Key] = true
			row.Bad = append(row.Bad, Fault{Column: c.Name, Reason: got.reason, Args: got.args})
			continue
		}
		row.Values[c.Key] = got.value
		if got.repaired {
			row.Repaired++
		}
	}
	if family := row.Values["family"]; family != "" && row.Values["name"] != "" {
		row.Values["name"] = family + " " + row.Values["name"]
	}
	delete(row.Values, "family")
	for _, c := range p.table.Columns {
		if c.Required && row.Values[c.Key] == "" && !bad[c.Key] {
			row.Bad = append(row.Bad, Fault{Column: c.Name, Reason: "import.reason.missing"})
		}
	}
	for _, pair := range p.table.Either {
		if row.Values[pair[0]] == "" && row.Values[pair[1]] == "" && !bad[pair[0]] && !bad[pair[1]] {
			row.Bad = append(row.Bad, Fault{Column: p.table.name(pair[0]), Reason: "import.reason.missing_either",
				Args: map[string]string{"other": p.table.name(pair[1])}})
		}
	}
	return row
}
