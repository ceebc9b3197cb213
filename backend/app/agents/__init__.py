"""The only place that knows LangGraph and LangChain."""
