"""`recount act`: one GitHub event, through gate, answer, build and publish; in four jobs or in one.

The gate reads the event and writes nothing. The answer job replies and acknowledges. The build reads archives and holds
no token. The publish job holds the write token and reads nothing but bundles.
"""
