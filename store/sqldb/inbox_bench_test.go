package sqldb

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"tiepdan/bot"
)

// BenchmarkKeep stores messages of many people at once, each commit durable.
func BenchmarkKeep(b *testing.B) {
	db := testDB(b)
	var n atomic.Int64
	b.SetParallelism(32) // on two cores: 64 at once
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			i := n.Add(1)
			in := bot.Incoming{Address: bot.Address{Channel: bot.SMS, ID: fmt.Sprintf("+8491%07d", i%5000)},
				ProviderID: fmt.Sprint("SM", i), Kind: bot.KindText, Text: "HS H15.22-261101-0042"}
			if err := db.Keep(context.Background(), bot.Decoded{Events: []bot.Incoming{in}}); err != nil {
				b.Error(err)
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "kept/s")
}
