package sheet

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/xuri/excelize/v2"
)

type xlsxGrid struct {
	file *excelize.File
	rows *excelize.Rows
	row  int
	how  source
}

// openXLSX reads the first sheet. The upload itself is held in memory (at most
// MaxFile); what it unfolds to is streamed, from a temporary file when it is large.
func openXLSX(r io.Reader) (grid, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, asFileError(err)
	}
	if err := checkZip(data); err != nil {
		return nil, err
	}
	file, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{UnzipSizeLimit: maxUnzip, UnzipXMLSizeLimit: maxInRAM, RawCellValue: true})
	if err != nil {
		return nil, &FileError{Reason: "import.file.broken_excel", Err: errors.New("cannot be opened")}
	}
	g := &xlsxGrid{file: file, how: source{typed: true}}
	if props, err := file.GetWorkbookProps(); err == nil && props.Date1904 != nil {
		g.how.date1904 = *props.Date1904
	}
	if g.rows, err = file.Rows(file.GetSheetName(0)); err != nil {
		return nil, errors.Join(&FileError{Reason: "import.file.broken_excel", Err: errors.New("has no readable sheet")}, file.Close())
	}
	return g, nil
}

// checkZip refuses an archive that would unfold to more than maxUnzip, or holds more
// parts than any workbook, before anything is unfolded. Sizes that an archive understates make its reading fail later.
func checkZip(data []byte) error {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return &FileError{Reason: "import.file.broken_excel", Err: errors.New("is not an archive")}
	}
	var total uint64
	for _, f := range z.File {
		if total += f.UncompressedSize64; f.UncompressedSize64 > maxUnzip || total > maxUnzip {
			return &FileError{Reason: "import.file.too_large", Args: map[string]string{"max": fmt.Sprint(MaxFile >> 20)}}
		}
	}
	if len(z.File) > 1000 {
		return &FileError{Reason: "import.file.broken_excel", Err: errors.New("has too many parts")}
	}
	return nil
}

func (g *xlsxGrid) next() (number int, cells []string, err error) {
	defer func() { // the library panics on some broken sheets
		if p := recover(); p != nil {
			err = &FileError{Reason: "import.file.broken_excel", Err: errors.New("sheet cannot be read")}
		}
	}()
	if !g.rows.Next() {
		if g.rows.Error() != nil {
			return 0, nil, &FileError{Reason: "import.file.broken_excel", Err: errors.New("sheet ends early")}
		}
		return 0, nil, io.EOF
	}
	g.row++
	cells, err = g.rows.Columns(excelize.Options{RawCellValue: true})
	if err != nil {
		return 0, nil, &FileError{Reason: "import.file.broken_excel", Err: errors.New("row cannot be read")}
	}
	return g.row, cells, nil
}

func (g *xlsxGrid) source() source { return g.how }

func (g *xlsxGrid) Close() error {
	return errors.Join(g.rows.Close(), g.file.Close())
}
