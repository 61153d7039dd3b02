"""Words and meaning in Milvus, a search engine that runs on many machines."""
