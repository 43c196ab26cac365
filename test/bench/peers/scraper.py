"""A scraper of the kind a trainer has: the body as one text, one pass over its lines, a pattern for a line and one for its labels, sums by family.

    python3 scraper.py ROUNDS FILE...    prints the processor's seconds of each round, one a line
"""
import re
import sys
import time

LINE = re.compile(r'^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})?\s+(\S+)(?:\s+-?\d+)?$')
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


def parse(text):
    """The samples of a body by name: labels and value."""
    families = {}
    for line in text.split('\n'):
        if not line or line.startswith('#'):
            continue
        match = LINE.match(line)
        if not match:
            continue
        name, labels, value = match.groups()
        families.setdefault(name, []).append((dict(LABEL.findall(labels or '')), float(value)))
    return families


SUMMED = [
    'num_requests_running', 'num_requests_waiting', 'kv_cache_usage_perc', 'generation_tokens_total', 'prompt_tokens_total', 'prefix_cache_hits_total',
    'prefix_cache_queries_total', 'time_to_first_token_seconds_sum', 'time_to_first_token_seconds_count', 'inter_token_latency_seconds_sum',
    'inter_token_latency_seconds_count',
]


def scrape(bodies):
    """Sums over all bodies; a scraper subtracts those of the scrape before."""
    parsed = [parse(body.decode('utf-8')) for body in bodies]
    return {name: sum(value for families in parsed for _, value in families.get('ray_vllm_' + name, [])) for name in SUMMED}


def main():
    rounds = int(sys.argv[1])
    bodies = [open(path, 'rb').read() for path in sys.argv[2:]]
    for _ in range(rounds):
        start = time.process_time()
        scrape(bodies)
        print(time.process_time() - start)


main()
