/** Scripts about expansions: defaults, cut texts, arithmetic, command substitutions. */
import { scriptCase } from './scriptCase';

export const expansions = [
  scriptCase(
    'defaults',
    'N=${N:-4}\npython -m acme.main ~~num_engines=$N ~~tensor_parallel_size=${TP:-2} trainer.a=${A-x} trainer.b="${B:-a b}"',
  ),
  scriptCase(
    'defaults that are assigned',
    ': "${N:=3}" ${TP:=2}\npython -m acme.main ~~num_engines=$N ~~tensor_parallel_size=$TP',
  ),
  scriptCase(
    'assigned defaults that are products, mappings and lists',
    'A=("p q" r)\n: "${M:=$(( 3 * (4 + 1) ))}" ${W:="a b"} "${L:=${A[*]} @*}"\npython -m acme.main ~~num_engines=${N:=$((2 * 3))} ~~max_num_seqs=$M trainer.a="$W" trainer.b="$L" trainer.c=$N ${E:=trainer.d=1 trainer.e=$((2 * 2))} trainer.f="$E"',
  ),
  scriptCase(
    'defaults of defaults',
    'python -m acme.main ~~num_engines=${N:-${GPUS:-8}} trainer.a=${A:-${B:-${C:-z}}}',
  ),
  scriptCase(
    'defaults of variables that the script empties',
    'A=\nB=x\npython -m acme.main ~~num_engines=${A:-5} trainer.a=${B:-y} trainer.b="${A-z}"',
  ),
  scriptCase(
    'words that are there only if a variable is set',
    'A=x\npython -m acme.main ~~num_engines=2 ${A:+trainer.a=1} ${B:+trainer.b=1} "trainer.c=${A:+yes}"',
  ),
  scriptCase(
    'the ends of paths',
    'M=acme/models/small-7b.tar.gz\npython -m acme.main ~~num_engines=1 trainer.a=${M##*/} trainer.b=${M#*/} trainer.c=${M%/*} trainer.d=${M%%/*} trainer.e=${M%.gz} trainer.f=${M%%.*}',
  ),
  scriptCase(
    'a slash at the end',
    'U=http://a:8000/\npython -m acme.main ~~num_engines=1 ~~external_proxy_url=${U%/} trainer.a=${U%%/}',
  ),
  scriptCase(
    'replaced texts',
    'M=acme/small-7b\npython -m acme.main ~~num_engines=1 trainer.a=${M/-/_} trainer.b=${M//[a-c]/x} trainer.c=${M/#acme/b} trainer.d=${M/%7b/8b} trainer.e=${M//\\//-}',
  ),
  scriptCase(
    'slices and lengths',
    'M=abcdef\npython -m acme.main ~~num_engines=${#M} trainer.a=${M:2} trainer.b=${M:1:3} trainer.c=${M: -2} trainer.d=${M:0:-1}',
  ),
  scriptCase(
    'upper and lower case',
    'M=aBc\npython -m acme.main ~~num_engines=1 trainer.a=${M^^} trainer.b=${M,,} trainer.c=${M^} trainer.d=${M,}',
  ),
  scriptCase(
    'patterns from variables and quotes',
    'M="a*b*c"\nS="*c"\npython -m acme.main ~~num_engines=1 "trainer.a=${M%"*c"}" "trainer.b=${M%$S}" "trainer.c=${M%"$S"}" "trainer.d=${M#a\\*}"',
  ),
  scriptCase('names of names', 'A=5\nN=A\npython -m acme.main ~~num_engines=${!N}'),
  scriptCase(
    'slices of arrays',
    'A=(~~num_engines=1 trainer.a=1 trainer.b=2 trainer.c=3)\npython -m acme.main "${A[@]:0:2}" "${A[@]:3}"',
  ),
  scriptCase('changed items', 'A=(num_engines=1 max_num_seqs=2)\npython -m acme.main "${A[@]/#/~~}"'),
  scriptCase(
    'sums',
    'N=3\npython -m acme.main ~~num_engines=$((N * 2 + 1)) trainer.a=$((10 / 3)) trainer.b=$((-7 / 2)) trainer.c=$((2 ** 10)) trainer.d=$(( (N + 1) % 3 ))',
  ),
  scriptCase('sums of defaults', 'N=${N:-$(( ${GPUS:-8} / ${TP:-2} ))}\npython -m acme.main ~~num_engines=$N'),
  scriptCase(
    'other numbers',
    'python -m acme.main ~~num_engines=$((0x10)) trainer.a=$((010)) trainer.b=$((2#101)) trainer.c=$((1 << 4)) trainer.d=$((3 > 2 ? 8 : 9))',
  ),
  scriptCase(
    'counters',
    'I=0\n((I++))\n((I += 4))\nlet I=I*2\npython -m acme.main ~~num_engines=$I trainer.a=$((I++)) trainer.b=$I',
  ),
  scriptCase(
    'names of paths',
    'D=/data/acme/\npython -m acme.main ~~num_engines=1 trainer.a=$(basename "$D") trainer.b=$(dirname /x/y/z) trainer.c=$(basename run.sh .sh) trainer.d=$(dirname z)',
  ),
  scriptCase(
    'what echo and printf print',
    'A="x y"\npython -m acme.main ~~num_engines=$(echo 4) trainer.a="$(echo "$A" z)" trainer.b=$(printf "%s-%d" a 7) trainer.c=$(printf "%02d" 3)',
    ['trainer.c'],
  ),
  scriptCase(
    'what a function prints',
    'tp() { echo "$(( $1 / 2 ))"; }\npython -m acme.main ~~num_engines=2 ~~tensor_parallel_size=$(tp 8)',
  ),
  scriptCase('backticks', 'N=`echo 3`\npython -m acme.main ~~num_engines=$N trainer.a=`basename /x/y`'),
  scriptCase(
    'a file that the script wrote',
    'cat > n.txt <<EOF\n5\nEOF\necho vllm > b.txt\npython -m acme.main ~~num_engines=$(cat n.txt) ~~backend=$(< b.txt)',
  ),
  scriptCase(
    'what only a run can know',
    'python -m acme.main ~~num_engines=$(nproc) trainer.a=$(date) trainer.b=x-$RANDOM trainer.c=$PWD trainer.d=$$ trainer.e=$(pick-value | tr a-z A-Z) trainer.f=1',
    ['num_engines', 'trainer.a', 'trainer.b', 'trainer.c', 'trainer.d', 'trainer.e'],
  ),
  scriptCase(
    'names that the shell keeps',
    'cd /tmp\npython -m acme.main ~~num_engines=1 trainer.a=$PWD trainer.b=$HOSTNAME trainer.c=$SECONDS trainer.d=$UID trainer.e=${OLDPWD}',
    ['trainer.a', 'trainer.b', 'trainer.c', 'trainer.d', 'trainer.e'],
  ),
  scriptCase(
    'names that the script sets itself, though the shell keeps them',
    'HOSTNAME=head\nUID_=3\npython -m acme.main ~~num_engines=$UID_ trainer.a=$HOSTNAME',
  ),
  scriptCase('a variable set by printf', 'printf -v N "%s%s" 1 2\npython -m acme.main ~~num_engines=$N'),
  scriptCase('numbers of a sequence', 'S=$(seq 2 3)\npython -m acme.main ~~num_engines=1 trainer.a="$(echo $S)"'),
  scriptCase('unset variables', 'N=4\nunset N\nM=2\npython -m acme.main ~~num_engines=${N:-8} trainer.a=${M:-1}'),
  scriptCase('several assignments on a line', 'A=1 B=$A C="$A$B"\npython -m acme.main ~~num_engines=$C'),
  scriptCase(
    'variables in front of a command',
    'N=2\nN=9 M=1 python -m acme.main ~~num_engines=$N trainer.a=${M:-unset}',
  ),
  scriptCase(
    'integers',
    'declare -i N M=3 T\nN=2*3\nM+=4\nhalf() { local -i k="$1/2"; K=$k; }\nhalf 9\npython -m acme.main ~~num_engines=$N ~~max_num_seqs=$M ~~tensor_parallel_size=$K trainer.t=$T',
  ),
  scriptCase(
    'arrays whose names are handed over as texts',
    'small=(~~num_engines=2 ~~backend=vllm)\nrun() { local list="$1[@]"; python -m acme.main "${!list}" trainer.a=1; }\nrun small',
  ),
  scriptCase(
    'the home folder',
    'HOME=/home/acme\nA=~/ckpt B="~/x" C=~ D=x~/y\nexport E=~/logs\nL=(~/a b/~)\npython -m acme.main ~~num_engines=1 trainer.a=$A trainer.b=$B trainer.c=$C trainer.d=$D trainer.e=$E trainer.f=~/z trainer.g=${L[0]} trainer.h=${L[1]}',
  ),
  scriptCase(
    'elements in arithmetic, and arithmetic in an index',
    'G=(2 4 8) i=1\ndeclare -A T=([7b]=1 [32b]=4)\nS=32b\npython -m acme.main ~~num_engines=$((G[i] * 2)) ~~max_num_seqs=${G[i+1]} ~~tensor_parallel_size=$((8 / T[$S])) trainer.a=$((G[i-1] + ${G[2]})) trainer.b=${G[$i]} trainer.c=${G[-1]}',
  ),
  scriptCase(
    'bits and choices',
    'N=6\n((N |= 1))\npython -m acme.main ~~num_engines=$((N & 3)) ~~max_num_seqs=$((N ^ 1)) trainer.a=$((N > 4 ? N : 0)) trainer.b=$((1 | 8))',
  ),
];
