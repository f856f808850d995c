package main

import (
	"fmt"
	"sync"
	"time"
)

// concurrent asks on n connections at once for some seconds: rate, and times.
func (c *client) concurrent(n int, seconds float64) (map[string]any, error) {
	end := time.Now().Add(time.Duration(seconds * float64(time.Second)))
	taken := make([]times, n)
	failures := make([]error, n)
	var all sync.WaitGroup
	begin := time.Now()
	for i := range n {
		all.Add(1)
		go func() {
			defer all.Done()
			e, err := c.dial()
			if err != nil {
				failures[i] = err
				return
			}
			defer e.Close()
			for start := time.Now(); start.Before(end); start = time.Now() {
				if _, err := e.get(c.host, "/"); err != nil {
					failures[i] = err
					return
				}
				taken[i] = append(taken[i], time.Since(start))
			}
		}()
	}
	all.Wait()
	elapsed := time.Since(begin).Seconds()
	var together times
	for i := range n {
		if failures[i] != nil {
			return nil, fmt.Errorf("connection %d: %w", i, failures[i])
		}
		together = append(together, taken[i]...)
	}
	answer := together.summary()
	answer["rate"] = float64(len(together)) / elapsed
	return answer, nil
}

// kept opens n HTTP connections, keeps them all, and asks on each of them `rounds` times.
func (c *client) kept(n, rounds int) (map[string]any, error) {
	open := make([]*exchange, n)
	var opening sync.WaitGroup
	places := make(chan struct{}, 16)
	failed := make([]int, n)
	answered := make([]int, n)
	each := func(do func(i int)) {
		for i := range n {
			opening.Add(1)
			places <- struct{}{}
			go func() {
				defer opening.Done()
				do(i)
				<-places
			}()
		}
		opening.Wait()
	}
	begin := time.Now()
	each(func(i int) {
		e, err := c.dialSmall()
		if err != nil {
			failed[i]++
			return
		}
		open[i] = e
	})
	opened := time.Since(begin).Seconds()
	for range rounds {
		each(func(i int) {
			if open[i] == nil {
				return
			}
			if _, err := open[i].get(c.host, "/"); err != nil {
				failed[i]++
				open[i].Close()
				open[i] = nil
				return
			}
			answered[i]++
		})
	}
	sum := func(of []int) (all int) {
		for _, one := range of {
			all += one
		}
		return all
	}
	elapsed := time.Since(begin).Seconds()
	for _, e := range open {
		if e != nil {
			e.Close()
		}
	}
	return map[string]any{
		"answered": sum(answered), "failed": sum(failed), "secondsToOpen": opened, "seconds": elapsed,
	}, nil
}
