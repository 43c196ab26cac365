/** Scripts inside scripts: in words, heredocs, files, and for other hosts. */
import { scriptCase } from './scriptCase';

export const nested = [
  scriptCase('bash -c', 'N=3\nbash -c "python -m acme.main ~~num_engines=$N ~~backend=vllm"'),
  scriptCase(
    'bash -c in single quotes',
    "export N=3\nM=4\nbash -c 'python -m acme.main ~~num_engines=$N trainer.m=${M:-none}'",
  ),
  scriptCase('bash -c with arguments', `bash -c 'python -m acme.main ~~num_engines=$1 "\${@:2}"' _ 5 trainer.a=1`),
  scriptCase(
    'bash -lc behind srun',
    'N=3\nsrun --nodes=1 --ntasks=1 bash -lc "cd /tmp && \\\n  export X=1 && \\\n  python -m acme.main \\\n    ~~num_engines=$N \\\n    ~~served_model_name=\\"small\\""',
  ),
  scriptCase(
    'a command in a variable',
    'N=3\nCMD="python -m acme.main \\\n  ~~num_engines=$N \\\n  ~~backend=vllm"\necho "Running $CMD"\nbash -c "$CMD" || exit 1',
  ),
  scriptCase('eval', 'N=3\nCMD="python -m acme.main ~~num_engines=$N trainer.a=\'x y\'"\neval "$CMD"'),
  scriptCase('eval of an assignment', 'eval "N=$((2 + 2))"\npython -m acme.main ~~num_engines=$N'),
  scriptCase(
    'a command in a variable that is run as it is',
    'CMD="python -m acme.main ~~num_engines=3"\n$CMD trainer.a=1',
  ),
  scriptCase(
    'a command that grows',
    'CMD="python -m acme.main"\nCMD="$CMD ~~num_engines=3"\nCMD+=" trainer.a=1"\neval $CMD',
  ),
  scriptCase(
    'a heredoc in a variable',
    'N=3\nJOB=$(cat <<EOS\nsrun bash -c "python -m acme.main ~~num_engines=$N"\nEOS\n)\nsalloc --nodes=1 bash -lc "$JOB"',
  ),
  scriptCase(
    'sbatch with a heredoc',
    'N=4\nsbatch --nodes=1 <<JOB\n#!/bin/bash\npython -m acme.main ~~num_engines=$N\nJOB',
  ),
  scriptCase(
    'sbatch with a quoted heredoc',
    "export N=4\nsbatch <<'JOB'\n#!/bin/bash\nM=2\npython -m acme.main ~~num_engines=$N ~~tensor_parallel_size=$M\nJOB",
  ),
  scriptCase(
    'escaped variables in a heredoc',
    'N=4\nsbatch <<JOB\nK=7\npython -m acme.main ~~num_engines=$N trainer.k=\\$K\nJOB',
  ),
  scriptCase(
    'a job file in a heredoc',
    'cat > job.sh <<\'JOB\'\n#!/bin/bash\npython -m acme.main ~~num_engines=4 "$@"\nJOB\nsbatch job.sh trainer.a=1',
  ),
  scriptCase(
    'a job file that is made executable',
    'N=2\ncat <<EOF > run_it.sh\n#!/bin/bash\npython -m acme.main ~~num_engines=$N\nEOF\nchmod +x run_it.sh\n./run_it.sh',
  ),
  scriptCase(
    'a job file written by echo',
    'echo "#!/bin/bash" > job.sh\necho "python -m acme.main ~~num_engines=4" >> job.sh\nbash job.sh',
  ),
  scriptCase(
    'a job file written by a group',
    '{\n  echo "#!/bin/bash"\n  echo "python -m acme.main ~~num_engines=4"\n} > job.sh\nbash job.sh',
  ),
  scriptCase('a job file in a pipe', 'cat <<EOF | bash\npython -m acme.main ~~num_engines=4\nEOF'),
  scriptCase(
    'a job file through tee',
    'tee job.sh > /dev/null <<EOF\npython -m acme.main ~~num_engines=4\nEOF\nsh job.sh',
  ),
  scriptCase(
    'a file that is sourced',
    'cat > env.sh <<EOF\nN=6\nexport M=2\nEOF\nsource ./env.sh\n. env.sh\npython -m acme.main ~~num_engines=$N ~~max_num_seqs=$M',
  ),
  scriptCase('sbatch --wrap', 'N=4\nsbatch --nodes=1 --wrap="python -m acme.main ~~num_engines=$N"'),
  scriptCase('a command for another host', 'N=4\nssh node-1 "cd /tmp && python -m acme.main ~~num_engines=$N"'),
  scriptCase('bash with a script on its input', 'bash -s <<EOF\npython -m acme.main ~~num_engines=4\nEOF'),
  scriptCase('bash with a here-string', 'N=4\nbash <<< "python -m acme.main ~~num_engines=$N"'),
  scriptCase(
    'wrappers in front of the program',
    'nohup env A=1 timeout 10 python -m acme.main ~~num_engines=4 > log 2>&1',
  ),
  scriptCase('a shell in a shell', `bash -c "bash -c 'python -m acme.main ~~num_engines=4'"`),
  scriptCase('tmux', 'tmux new-session -d "python -m acme.main ~~num_engines=4"'),
  scriptCase(
    'unknown words in a nested script',
    'bash -c "python -m acme.main ~~num_engines=$(nproc) ~~backend=vllm"',
    ['num_engines'],
  ),
  scriptCase('uv run', 'uv run --isolated --extra vllm -m acme.main ~~num_engines=4'),
  scriptCase(
    'a command that is quoted for eval',
    'A=(~~num_engines=6 "trainer.run_name=a b" "trainer.b=it\'s")\neval "python -m acme.main ${A[@]@Q}"',
  ),
  scriptCase(
    'a command that printf quotes for another shell',
    'A=(python -m acme.main ~~num_engines=6 "trainer.run_name=a b" trainer.c=)\nC=$(printf \'%q \' "${A[@]}")\nsrun bash -c "$C"',
  ),
];
