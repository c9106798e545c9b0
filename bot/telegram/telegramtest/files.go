package telegramtest

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

// maxDownload is the largest file that the Bot API gives out.
const maxDownload = 20 << 20

type storedFile struct {
	id, path string
	size     int64
	content  []byte
}

// AddFile stores a file as if somebody had sent it, and returns its file_id.
func (s *Server) AddFile(path string, content []byte) string {
	return s.addFile(path, int64(len(content)), content)
}

// AddLarge stores a file of a size that is only claimed.
func (s *Server) AddLarge(path string, size int64) string { return s.addFile(path, size, nil) }

func (s *Server) addFile(path string, size int64, content []byte) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := fmt.Sprintf("BQAC%d", len(s.files)+1)
	s.files[id] = storedFile{id: id, path: path, size: size, content: content}
	return id
}

func (s *Server) getFile(_ context.Context, p map[string]string) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, ok := s.files[p["file_id"]]
	switch {
	case !ok:
		return badRequest("invalid file_id")
	case f.size > maxDownload:
		return badRequest("file is too big")
	}
	return done(struct {
		ID     string `json:"file_id"`
		Unique string `json:"file_unique_id"`
		Size   int64  `json:"file_size"`
		Path   string `json:"file_path"`
	}{f.id, "AgAD" + f.id, f.size, f.path})
}

func (s *Server) serveFile(w http.ResponseWriter, token, path string) {
	if token != s.opt.Token {
		write(w, refuse(http.StatusNotFound, "Not Found"))
		return
	}
	fault := s.takeFault("file")
	if fault.wait > 0 {
		s.sleep(context.Background(), fault.wait)
	}
	if fault.html != 0 {
		w.WriteHeader(fault.html)
		return
	}
	content, ok := s.fileAt(path)
	if !ok {
		write(w, refuse(http.StatusNotFound, "Not Found"))
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Last-Modified", s.opt.Clock().UTC().Format(time.RFC1123))
	if fault.cut {
		w.Header().Set("Content-Length", fmt.Sprint(len(content)+1))
	}
	writeString(w, string(content))
}

func (s *Server) fileAt(path string) ([]byte, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.files {
		if f.path == path {
			return f.content, true
		}
	}
	return nil, false
}
