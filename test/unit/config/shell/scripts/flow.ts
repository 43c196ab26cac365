/** Scripts about branches, loops and functions. */
import { scriptCase } from './scriptCase';

export const flow = [
  scriptCase(
    'a branch that the script decides',
    'MODE=train\nif [ "$MODE" = train ]; then N=4; else N=8; fi\npython -m acme.main ~~num_engines=$N',
  ),
  scriptCase(
    'double brackets that the script decides',
    'N=4\nif [[ $N -gt 2 && -n "$N" ]]; then T=2; elif [[ $N == 1 ]]; then T=1; fi\npython -m acme.main ~~num_engines=$N ~~tensor_parallel_size=$T',
  ),
  scriptCase(
    'patterns in double brackets',
    'M=acme/small-7b\nif [[ $M == *7b* ]]; then T=1; else T=8; fi\n[[ $M != big* ]] && S=2\npython -m acme.main ~~num_engines=1 ~~tensor_parallel_size=$T ~~max_num_seqs=$S',
  ),
  scriptCase(
    'a branch on the environment',
    'N=4\nif [ "${BIG:-0}" = 1 ]; then N=8; fi\npython -m acme.main ~~num_engines=$N ~~backend=vllm',
    ['num_engines'],
  ),
  scriptCase(
    'a branch that is alike on both sides',
    'if [ -n "${X:-}" ]; then N=4; else N=4; fi\npython -m acme.main ~~num_engines=$N',
  ),
  scriptCase(
    'branches that exit',
    'SIZE="${SIZE:-small}"\ncase "$SIZE" in\n  small|large) N=4 ;;\n  *) echo unknown; exit 2 ;;\nesac\nE=false\nif [ -n "${DATA:-}" ]; then E=none; exit 1; fi\npython -m acme.main ~~num_engines=$N ~~enforce_eager=$E',
  ),
  scriptCase(
    'a condition that exits',
    'N=3\n[ -z "${DATA:-}" ] || exit 1\n[ -n "${DATA:-}" ] && { N=1; exit 1; }\npython -m acme.main ~~num_engines=$N',
  ),
  scriptCase(
    'a function that exits',
    'die() { echo "$1" >&2; exit 1; }\nN=3\nif [ -n "${DATA:-}" ]; then N=9; die "no data"; fi\npython -m acme.main ~~num_engines=$N',
  ),
  scriptCase(
    'a case that the script decides',
    'M=llama-7b\ncase $M in\n  *70b) T=8 ;;\n  *7b|*8b) T=1 ;;\n  *) T=2 ;;\nesac\npython -m acme.main ~~num_engines=1 ~~tensor_parallel_size=$T',
  ),
  scriptCase(
    'a case that falls through',
    'M=a\nX=\ncase $M in a) X=${X}1 ;& b) X=${X}2 ;; c) X=${X}3 ;; esac\npython -m acme.main ~~num_engines=1 trainer.a=$X',
  ),
  scriptCase(
    'words that a branch adds',
    'A=(~~num_engines=2)\nif [ -n "${PROXY:-}" ]; then A+=("~~external_proxy_url=$PROXY"); fi\npython -m acme.main "${A[@]}"',
    ['external_proxy_url'],
  ),
  scriptCase(
    'a mapping that a branch adds',
    'A=(~~num_engines=2)\nif [[ "${OFF:-0}" == 1 ]]; then A+=("~~engine_init_kwargs={max_num_seqs: 7}"); fi\npython -m acme.main "${A[@]}"',
    ['engine_init_kwargs'],
  ),
  scriptCase(
    'texts that branches choose',
    ': "${BIG:=false}"\nif [ "$BIG" = true ]; then A="~~num_engines=8 ~~max_num_seqs=3"; else A="~~num_engines=4 ~~backend=vllm"; fi\nif [ "$STEP" = 1 ]; then\n  if [ "$BIG" != true ]; then A="~~num_engines=9"; fi\nfi\npython -m acme.main trainer.a=1 $A',
    ['num_engines', 'max_num_seqs', 'backend'],
  ),
  scriptCase(
    'lists that branches choose, with a word in common',
    'case "${KIND:-}" in\n  a) A=(~~num_engines=2 ~~backend=vllm) ;;\n  b) A=(~~num_engines=3 ~~backend=vllm) ;;\n  *) A=(~~backend=vllm ~~num_engines=4) ;;\nesac\npython -m acme.main "${A[@]}"',
    ['num_engines'],
  ),
  scriptCase(
    'words that every branch appends',
    'A=(~~num_engines=2)\nif [ -n "${PROXY:-}" ]; then A+=(~~max_num_seqs=1 ~~backend=vllm); else A+=(~~max_num_seqs=2 ~~backend=vllm); fi\npython -m acme.main "${A[@]}"',
    ['max_num_seqs'],
  ),
  scriptCase(
    'branches that only arguments of the script lead to',
    'N=4\nif [ -n "$1" ]; then N=$1; fi\nif [[ $# -gt 2 ]]; then M=3; elif [[ -z "$1" ]]; then M=5; else M=6; fi\n[ $# -ge 1 ] && N=7\n[ -z "${2:-}" ] && T=2\npython -m acme.main ~~num_engines=$N ~~max_num_seqs=$M ~~tensor_parallel_size=$T',
  ),
  scriptCase(
    'a branch on arguments that ends the script',
    'if [ $# -gt 0 ]; then echo "usage: $0"; exit 1; fi\nN=2\npython -m acme.main ~~num_engines=$N',
  ),
  scriptCase(
    'text that a branch appends',
    'A="~~num_engines=2 trainer.a=1"\nif [ -n "${X:-}" ]; then A="$A trainer.b=2"; fi\npython -m acme.main $A',
    ['trainer.b'],
  ),
  scriptCase(
    'flags that are commands',
    'EAGER=false\nif $EAGER; then N=1; else N=2; fi\nif ! $EAGER; then M=3; fi\npython -m acme.main ~~num_engines=$N ~~max_num_seqs=$M',
  ),
  scriptCase(
    'a loop over words',
    'A=()\nfor k in num_engines=2 backend=vllm; do A+=("~~$k"); done\npython -m acme.main "${A[@]}"',
  ),
  scriptCase(
    'a loop over numbers',
    'L=\nfor i in {1..3}; do L+=",$i"; done\nfor ((j = 0; j < 2; j++)); do L+=";$j"; done\npython -m acme.main ~~num_engines=1 "trainer.a=${L#,}"',
  ),
  scriptCase(
    'a loop over an array',
    'H=(a b)\nU=()\nfor h in "${H[@]}"; do U+=("http://$h:8000"); done\nJ=$(IFS=,; echo "${U[*]}")\npython -m acme.main ~~num_engines=1 "~~external_server_urls=[$J]"',
  ),
  scriptCase(
    'a loop that counts',
    'N=1\nwhile [ $N -lt 8 ]; do N=$((N * 2)); done\nuntil (( N == 4 )); do ((N--)); done\npython -m acme.main ~~num_engines=$N',
  ),
  scriptCase(
    'a loop over arguments with shift',
    'N=4\nwhile [[ $# -gt 0 ]]; do\n  case "$1" in\n    --engines) N="$2"; shift 2 ;;\n    *) echo "unknown $1"; exit 1 ;;\n  esac\ndone\npython -m acme.main ~~num_engines=$N',
  ),
  scriptCase(
    'a loop over arguments with getopts',
    'N=4\nwhile getopts ":e:m:" opt; do case $opt in e) N=$OPTARG ;; m) M=$OPTARG ;; esac; done\npython -m acme.main ~~num_engines=$N trainer.m=${M:-small}',
  ),
  scriptCase(
    'a loop over arguments without an end',
    'N=4\nwhile true; do case "$1" in -n) N=$2; shift 2 ;; --) shift; break ;; *) break ;; esac; done\npython -m acme.main ~~num_engines=$N "$@"',
  ),
  scriptCase(
    'a loop over "$@"',
    'N=4\nE=()\nfor a in "$@"; do case $a in n=*) N=${a#n=} ;; *) E+=("$a") ;; esac; done\npython -m acme.main ~~num_engines=$N "${E[@]}"',
  ),
  scriptCase(
    'a loop that tries again',
    'for i in 1 2 3; do python -m acme.main ~~num_engines=4 && break; sleep 0; done',
  ),
  scriptCase(
    'a loop over several runs',
    'for n in 1 2 4; do python -m acme.main ~~num_engines=$n ~~backend=vllm; done',
    ['num_engines'],
  ),
  scriptCase(
    'a loop over what a command prints',
    'N=2\nfor l in $(pick-value); do N=$l; done\npython -m acme.main ~~num_engines=$N ~~backend=vllm',
    ['num_engines'],
  ),
  scriptCase(
    'a loop that reads lines',
    'N=2\nwhile read -r l; do N=$l; done < <(pick-value)\npython -m acme.main ~~num_engines=$N ~~backend=vllm',
    ['num_engines'],
  ),
  scriptCase(
    'a loop that is left early',
    'for n in 1 2 3; do if [ $n = 2 ]; then break; fi; done\nfor m in 1 2 3; do [ $m = 2 ] && continue; K=$m; done\npython -m acme.main ~~num_engines=$n trainer.k=$K',
  ),
  scriptCase(
    'functions with arguments',
    'go() { local n=$1 half=$(($1 / 2)); shift; python -m acme.main ~~num_engines=$(($n * 2)) ~~max_num_seqs=$half "$@"; }\ngo 8 trainer.a=1 "trainer.b=x y"',
  ),
  scriptCase(
    'functions that are called twice',
    'go() { python -m acme.main ~~num_engines=$1 ~~backend=vllm; }\ngo 2\ngo 4',
    ['num_engines'],
  ),
  scriptCase(
    'functions that set variables',
    'N=1\nset_n() { N=$1; local M=9; }\nset_n 6\nM=${M:-2}\npython -m acme.main ~~num_engines=$N ~~tensor_parallel_size=$M',
  ),
  scriptCase(
    'arrays that are handed over by name',
    'build() { local -n out="$1"; out=(~~num_engines=5 ~~backend=vllm); out+=(trainer.a=1); }\nbuild opts\npython -m acme.main "${opts[@]}"',
  ),
  scriptCase(
    'functions that run their arguments',
    'run() { echo "+ $*"; "$@"; }\nrun python -m acme.main ~~num_engines=3 "trainer.a=x y"',
  ),
  scriptCase(
    'functions with their own argument loop',
    'go() {\n  local n=1\n  while [ $# -gt 0 ]; do case $1 in --n) n=$2; shift 2 ;; *) break ;; esac; done\n  python -m acme.main ~~num_engines=$n "$@"\n}\ngo --n 6 trainer.a=1',
  ),
  scriptCase(
    'functions that return early',
    'N=1\nf() { [ "$1" = x ] && return; N=2; }\nf x\ng() { if [ "$1" = x ]; then return 0; fi; M=3; }\ng y\npython -m acme.main ~~num_engines=$N ~~max_num_seqs=$M',
  ),
  scriptCase(
    'functions that may return early',
    'N=1\nf() { [ -n "${X:-}" ] && return; N=2; }\nf\npython -m acme.main ~~num_engines=$N ~~backend=vllm',
    ['num_engines'],
  ),
  scriptCase('a main function', 'main() { local n=${1:-4}; python -m acme.main ~~num_engines=$n "$@"; }\nmain "$@"'),
  scriptCase(
    'arguments that the script sets itself',
    'set -- trainer.a=1 "$@"\nset -- "$@" ~~num_engines=3\npython -m acme.main "$@"',
  ),
  scriptCase('subshells', 'N=1\n(N=2; cd /tmp)\n{ M=3; }\npython -m acme.main ~~num_engines=$N ~~max_num_seqs=$M'),
  scriptCase(
    'a command in a chain',
    'cd /tmp && export X=1 && N=4 && python -m acme.main ~~num_engines=$N\ncd - > /dev/null',
  ),
  scriptCase(
    'a command in a pipe and in the background',
    'N=4\npython -m acme.main ~~num_engines=$N 2>&1 | tee log.txt &\nwait',
  ),
  scriptCase('exec', 'N=4\nexec > out.log\nexec python -m acme.main ~~num_engines=$N'),
  scriptCase(
    'a printed command that is not run',
    'C=(python -m acme.main ~~num_engines=2)\nif [[ "${DRY:-0}" == 1 ]]; then printf "%q " "${C[@]}"; exit 0; fi\necho "${C[@]}"\n"${C[@]}" "$@"',
  ),
  scriptCase(
    'a loop with a counter of tries',
    'T=0\nwhile [ $T -lt 3 ]; do T=$((T + 1)); if python -m acme.main ~~num_engines=4; then break; fi; done',
  ),
  scriptCase(
    'cases of an argument',
    'case "${1:-train}" in train) N=8 ;; debug) N=1 ;; *) exit 1 ;; esac\ncase "$2" in -s) S=$3; shift ;; *) S=3 ;; esac\ncase $# in 0) ;; *) T=$1 ;; esac\npython -m acme.main ~~num_engines=$N ~~max_num_seqs=$S ~~tensor_parallel_size=${T:-2}',
  ),
  scriptCase(
    'a loop over the lines of a heredoc',
    'while IFS=\'=\' read -r k v; do\n  [[ -z $k || $k == \\#* ]] && continue\n  A+=("~~$k=$v")\ndone <<\'EOF\'\n# engines\nnum_engines=4\n\nbackend=vllm\nEOF\npython -m acme.main "${A[@]}"',
  ),
  scriptCase(
    'lines that are read one after the other',
    '{ read -r N; read -r T S; } <<EOF\n4\n2 3 x\nEOF\nread -r B <<< "vllm"\npython -m acme.main ~~num_engines=$N ~~tensor_parallel_size=$T "trainer.a=$S" ~~backend=$B',
  ),
  scriptCase(
    'a loop over the lines of a pipe, without a line end at the end',
    'printf "1\\n2" | while read -r x; do python -m acme.main ~~num_engines=$x; done',
  ),
];
