"""A scraper of the kind SkyRL's trainer has (revision a9564572): the body as one text, one pass over its lines, a pattern for a line and one for each of
its labels; samples under their name and the set of their labels, those of all targets in one dictionary, from which each family is then summed.

    python3 scraper.py ROUNDS FILE...    prints the processor's seconds of each round, one a line; two files are the targets of one scrape
"""
import re
import sys
import time

LINE = re.compile(r'^(?P<name>[a-zA-Z_:][\w:]*)(?:\{(?P<labels>[^}]*)\})?\s+(?P<value>\S+)(?:\s+\d+)?\s*$')
LABEL = re.compile(r'(?P<label>[a-zA-Z_]\w*)="(?P<text>(?:\\.|[^"\\])*)"')

SUMMED = [f'ray_vllm_{name}' for name in (
    'num_requests_running', 'num_requests_waiting', 'generation_tokens_total', 'prompt_tokens_total', 'prefix_cache_hits_total', 'prefix_cache_queries_total',
    'time_to_first_token_seconds_sum', 'time_to_first_token_seconds_count', 'inter_token_latency_seconds_sum', 'inter_token_latency_seconds_count',
    'spec_decode_num_drafts_total', 'spec_decode_num_draft_tokens_total', 'spec_decode_num_accepted_tokens_total',
)]
AVERAGED = 'ray_vllm_kv_cache_usage_perc'
TARGETS = 2


def labels_of(text):
    """A block's labels, in whatever order they stand; hashable."""
    return frozenset((found['label'], found['text'].replace('\\"', '"').replace('\\\\', '\\')) for found in LABEL.finditer(text))


def parse(text):
    """The values of a body by name and labels."""
    samples = {}
    for line in text.splitlines():
        if not line or line.startswith('#'):
            continue
        match = LINE.match(line)
        if match:
            samples[match['name'], labels_of(match['labels'] or '')] = float(match['value'])
    return samples


def total(samples, name):
    """The sum of a family over its series, and how many there are."""
    values = [value for (of, _), value in samples.items() if of == name]
    return sum(values), len(values)


def scrape(bodies):
    """The numbers of one scrape; a scraper subtracts those of the scrape before."""
    samples = {}
    for body in bodies:
        samples.update(parse(body.decode('utf-8')))
    numbers = {name: total(samples, name)[0] for name in SUMMED}
    usage, engines = total(samples, AVERAGED)
    numbers[AVERAGED] = usage / max(1, engines)
    return numbers


def main():
    rounds = int(sys.argv[1])
    bodies = [open(path, 'rb').read() for path in sys.argv[2:]]
    scrapes = [bodies[at:at + TARGETS] for at in range(0, len(bodies), TARGETS)]
    for _ in range(rounds):
        start = time.process_time()
        for one in scrapes:
            scrape(one)
        print(time.process_time() - start)


main()
