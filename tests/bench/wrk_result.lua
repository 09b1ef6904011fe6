-- What measure.py reads from wrk: exact counts, and the duration in microseconds.
function done(summary, latency, requests)
	local errors = summary.errors
	io.write(string.format("wrk_result requests=%d duration_us=%d errors=%d p50_us=%d p99_us=%d\n", summary.requests,
		summary.duration, errors.connect + errors.read + errors.write + errors.status + errors.timeout,
		latency:percentile(50), latency:percentile(99)))
end
