// Go's regexp, which is RE2's syntax and algorithm: reads a job as JSON, writes matches and times.
package main

import (
	"encoding/json"
	"math"
	"os"
	"regexp"
	"runtime"
	"strings"
	"time"
)

type job struct {
	Patterns []string   `json:"patterns"`
	Texts    []string   `json:"texts"`
	Units    [][]string `json:"units"`
	Size     int        `json:"size"`
	Times    int        `json:"times"`
	Least    float64    `json:"least"`
	Limit    float64    `json:"limit"`
}

type slow struct {
	Unit        string  `json:"unit"`
	Nanoseconds float64 `json:"nanoseconds"`
	Ratio       float64 `json:"ratio"`
}

type result struct {
	Version string       `json:"version"`
	Matches [][][]string `json:"matches"`
	Slowest []slow       `json:"slowest"`
}

// In turn, and the best of each: a busy machine only ever makes one dearer. More rounds while the ratio is too high.
const rounds, roundsAtMost = 5, 50

func seconds(pattern *regexp.Regexp, text string) float64 {
	began := time.Now()
	pattern.FindAllStringIndex(text, -1)
	return time.Since(began).Seconds()
}

func fill(unit string, size int) string { return strings.Repeat(unit, size/len(unit)+1) }

func slowest(pattern *regexp.Regexp, units []string, given job) slow {
	size := given.Size
	unit, most := "", -1.0
	for _, each := range units {
		if took := seconds(pattern, fill(each, size)); took > most {
			unit, most = each, took
		}
	}
	for seconds(pattern, fill(unit, size)) < given.Least {
		size *= 2
	}
	text := fill(unit, size)
	manifold := strings.Repeat(text, given.Times)
	once, more := math.Inf(1), math.Inf(1)
	for round := 0; round < rounds || (round < roundsAtMost && more/once >= given.Limit); round++ {
		once = math.Min(once, seconds(pattern, text))
		more = math.Min(more, seconds(pattern, manifold))
	}
	return slow{unit, 1e9 * once / float64(len(text)), more / once}
}

func main() {
	var given job
	if err := json.NewDecoder(os.Stdin).Decode(&given); err != nil {
		panic(err)
	}
	made := result{Version: runtime.Version()}
	for at, source := range given.Patterns {
		pattern := regexp.MustCompile(source)
		found := make([][]string, len(given.Texts))
		for number, text := range given.Texts {
			found[number] = append([]string{}, pattern.FindAllString(text, -1)...)
		}
		made.Matches = append(made.Matches, found)
		made.Slowest = append(made.Slowest, slowest(pattern, given.Units[at], given))
	}
	if err := json.NewEncoder(os.Stdout).Encode(made); err != nil {
		panic(err)
	}
}
