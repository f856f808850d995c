package main

import (
	"slices"
	"time"
)

// times holds durations in the order in which they were taken.
type times []time.Duration

// summary gives percentiles in milliseconds.
func (t times) summary() map[string]any {
	if len(t) == 0 {
		return map[string]any{"n": 0}
	}
	sorted := slices.Clone(t)
	slices.Sort(sorted)
	at := func(q float64) float64 { return milliseconds(sorted[min(len(sorted)-1, int(q*float64(len(sorted))))]) }
	var sum time.Duration
	for _, d := range sorted {
		sum += d
	}
	return map[string]any{
		"n": len(sorted), "p50": at(0.50), "p90": at(0.90), "p99": at(0.99), "max": at(1),
		"mean": milliseconds(sum / time.Duration(len(sorted))),
	}
}

// parts says how a series is cut: its first ones are what a cold path costs; what lies between them and the end of the
// warm-up is not reported.
type parts struct{ first, warmUp int }

func (p parts) of(t times) map[string]any {
	first := min(p.first, len(t))
	return map[string]any{
		"first": t[:first].summary(),
		"warm":  t[min(max(first, p.warmUp), len(t)):].summary(),
	}
}

func milliseconds(d time.Duration) float64 {
	return float64(d.Round(time.Microsecond/10).Nanoseconds()) / 1e6
}
