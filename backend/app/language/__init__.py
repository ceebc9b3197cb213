"""Language: the stems, tokens and synonyms by which words are compared, once for all that compare them. English.

What is kept for one question only stays where that question is answered: which verbs of an API change something in
`openapi_import/classify/vocabulary`, how customers phrase things to the demo model in `config/demo_model.yaml`.
"""
