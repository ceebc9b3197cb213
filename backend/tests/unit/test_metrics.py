from app.metrics import Metrics


def test_what_is_counted_is_told() -> None:
    """A count appears under its name and labels."""
    metrics = Metrics()
    metrics.turns.labels(outcome="complete").inc()
    metrics.turn_seconds.labels(outcome="complete").observe(0.2)
    metrics.sockets.set(3)
    told = metrics.render().decode()
    assert 'smart_support_turns_total{outcome="complete"} 1.0' in told
    assert 'smart_support_turn_seconds_bucket{le="0.25",outcome="complete"} 1.0' in told
    assert "smart_support_sockets 3.0" in told


def test_two_servers_in_one_process_do_not_mix() -> None:
    """Each instance counts for itself."""
    one, other = Metrics(), Metrics()
    one.frames.labels(direction="in", type="message").inc()
    assert "smart_support_frames_total{" not in other.render().decode()
