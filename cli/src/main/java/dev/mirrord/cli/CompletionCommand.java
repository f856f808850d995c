package dev.mirrord.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code mirrord completion}: a script that asks {@link CompleteCommand}. */
@Command(
        footerHeading = "%nIn the shell's start file:%n",
        footer = {
            "  bash   source <(mirrord completion bash)",
            "  zsh    source <(mirrord completion zsh)",
            "  fish   mirrord completion fish | source"
        })
final class CompletionCommand implements Callable<Integer> {
    private static final String BASH =
            """
            _mirrord() {
                local i
                for ((i = 1; i < COMP_CWORD; i++)); do
                    case ${COMP_WORDS[i]} in
                        docker | podman | nerdctl)
                            if declare -F _command_offset >/dev/null; then
                                _command_offset "$i"
                            fi
                            return
                            ;;
                    esac
                done
                local IFS=$'\\n'
                COMPREPLY=($(mirrord complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
                if [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == */ ]]; then
                    compopt -o nospace
                fi
            }
            complete -o bashdefault -o default -F _mirrord mirrord
            """;

    private static final String ZSH =
            """
            #compdef mirrord
            _mirrord() {
                local -a found
                local i
                for ((i = 2; i < CURRENT; i++)); do
                    case ${words[i]} in
                        docker | podman | nerdctl)
                            shift $((i - 1)) words
                            ((CURRENT -= i - 1))
                            _normal
                            return
                            ;;
                    esac
                done
                found=("${(@f)$(mirrord complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}")
                if [[ -z ${found[1]} ]]; then
                    _files
                elif [[ ${#found} == 1 && ${found[1]} == */ ]]; then
                    compadd -S '' -- "${found[@]}"
                else
                    compadd -- "${found[@]}"
                fi
            }
            if [[ ${funcstack[1]} == _mirrord ]]; then
                _mirrord "$@"
            else
                compdef _mirrord mirrord
            fi
            """;

    private static final String FISH =
            """
            function __mirrord_complete
                set -l typed (commandline -opc)
                set -l found (mirrord complete -- $typed[2..-1] (commandline -ct) 2>/dev/null)
                if test -n "$found"
                    printf '%s\\n' $found
                else
                    __fish_complete_path (commandline -ct)
                end
            end
            complete -c mirrord -f -a '(__mirrord_complete)'
            """;

    /** The shells that have a script. */
    enum Shell {
        bash,
        zsh,
        fish
    }

    @Parameters(paramLabel = "bash|zsh|fish", arity = "1")
    Shell shell = Shell.bash;

    @Override
    public Integer call() {
        System.out.print(
                switch (shell) {
                    case bash -> BASH;
                    case zsh -> ZSH;
                    case fish -> FISH;
                });
        return 0;
    }
}
