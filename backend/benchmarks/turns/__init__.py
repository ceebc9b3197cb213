"""Benchmark of a turn: this server beside LangGraph as it comes and beside agno's AgentOS, in interleaved rounds."""
