package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math"
	"slices"
	"strconv"
	"time"
)

// canonical writes a value as JSON with sorted keys, numbers as encoding/json writes them. Infinite numbers and NaN,
// which JSON does not have, are written as in YAML.
func canonical(v any) []byte {
	var b bytes.Buffer
	write(&b, v)
	return b.Bytes()
}

func write(b *bytes.Buffer, v any) {
	switch v := v.(type) {
	case map[string]any:
		keys := make([]string, 0, len(v))
		for k := range v {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		b.WriteByte('{')
		for i, k := range keys {
			if i > 0 {
				b.WriteByte(',')
			}
			write(b, k)
			b.WriteByte(':')
			write(b, v[k])
		}
		b.WriteByte('}')
	case []any:
		b.WriteByte('[')
		for i, e := range v {
			if i > 0 {
				b.WriteByte(',')
			}
			write(b, e)
		}
		b.WriteByte(']')
	case json.Number:
		write(b, number(string(v)))
	case float64:
		writeFloat(b, v)
	case string:
		writeJSON(b, string([]rune(v))) // each invalid byte becomes U+FFFD
	case bool, int, int64, uint64, nil:
		writeJSON(b, v)
	case time.Time:
		write(b, v.Format(time.RFC3339Nano))
	default:
		panic(fmt.Sprintf("%T is no JSON value", v))
	}
}

func writeJSON(b *bytes.Buffer, v any) {
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err)
	}
	b.Truncate(b.Len() - 1)
}

func writeFloat(b *bytes.Buffer, f float64) {
	switch {
	case math.IsNaN(f):
		b.WriteString(".nan")
	case math.IsInf(f, 1):
		b.WriteString(".inf")
	case math.IsInf(f, -1):
		b.WriteString("-.inf")
	default:
		text, err := json.Marshal(f)
		if err != nil {
			panic(err)
		}
		b.Write(text)
	}
}

// number gives the value of a JSON number: an integer if it is written as one and fits.
func number(s string) any {
	if i, err := strconv.ParseInt(s, 10, 64); err == nil {
		return i
	}
	if u, err := strconv.ParseUint(s, 10, 64); err == nil {
		return u
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		panic(err)
	}
	return f
}

// shorten replaces a long text by its length and its 64-bit FNV-1a hash.
func shorten(text []byte) string {
	if len(text) <= 1000 {
		return string(text)
	}
	h := fnv.New64a()
	h.Write(text)
	return fmt.Sprintf("#%d %016x", len(text), h.Sum64())
}

// fromJSON reads one JSON value; of equal keys the last wins, and numbers that no float64 holds are errors, as in every
// Go decoder.
func fromJSON(text []byte) (any, error) {
	var numbers any
	if err := json.Unmarshal(text, &numbers); err != nil {
		return nil, err
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	err := d.Decode(&v)
	return v, err
}
