package dev.mirrord.sidecar.dns;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What resolv.conf(5) says. */
public record ResolvConf(List<String> nameservers, List<String> search, List<String> options) {
    public ResolvConf {
        nameservers = List.copyOf(nameservers);
        search = List.copyOf(search);
        options = List.copyOf(options);
    }

    public static ResolvConf parse(String text) {
        List<String> nameservers = new ArrayList<>();
        List<String> search = new ArrayList<>();
        List<String> options = new ArrayList<>();
        for (String line : text.lines().toList()) {
            String[] words = line.strip().split("\\s+");
            List<String> rest = List.of(words).subList(1, words.length);
            switch (words[0]) {
                case "nameserver" -> nameservers.addAll(rest);
                case "search", "domain" -> {
                    search.clear();
                    search.addAll(rest);
                }
                case "options" -> options.addAll(rest);
                default -> {}
            }
        }
        return new ResolvConf(nameservers, search, options);
    }

    /**
     * With the user's own search domains and options in the place of these, where there are any.
     */
    public ResolvConf with(List<String> userSearch, List<String> userOptions) {
        return new ResolvConf(
                nameservers,
                userSearch.isEmpty()
                        ? search
                        : userSearch.equals(List.of(".")) ? List.of() : userSearch,
                userOptions.isEmpty() ? options : userOptions);
    }

    public List<InetAddress> addresses() throws UnknownHostException {
        List<InetAddress> addresses = new ArrayList<>();
        for (String nameserver : nameservers) {
            addresses.add(InetAddress.getByName(nameserver));
        }
        return addresses;
    }

    /** Search domains as names in lower case without a final dot. */
    public List<String> domains() {
        return search.stream()
                .map(domain -> domain.toLowerCase(Locale.ROOT).replaceAll("\\.$", ""))
                .filter(domain -> !domain.isEmpty())
                .toList();
    }

    public String text() {
        StringBuilder text = new StringBuilder();
        nameservers.forEach(each -> text.append("nameserver ").append(each).append('\n'));
        if (!search.isEmpty()) {
            text.append("search ").append(String.join(" ", search)).append('\n');
        }
        if (!options.isEmpty()) {
            text.append("options ").append(String.join(" ", options)).append('\n');
        }
        return text.toString();
    }
}
