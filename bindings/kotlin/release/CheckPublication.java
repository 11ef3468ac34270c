import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipFile;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/**
 * Looks whether a folder in the layout of a Maven repository has what Maven Central demands of each artefact: a POM that names the
 * artefact, what it is, its licences, developers and source, and beside it sources, documentation, signatures and checksums.
 *
 * <pre>java CheckPublication.java FOLDER</pre>
 */
final class CheckPublication {
    private final Path repository;
    private final List<String> missing = new ArrayList<>();

    private CheckPublication(Path repository) {
        this.repository = repository;
    }

    public static void main(String[] arguments) throws Exception {
        CheckPublication check = new CheckPublication(Path.of(arguments[0]));
        List<Path> poms;
        try (var files = Files.walk(check.repository)) {
            poms = files.filter(file -> file.toString().endsWith(".pom")).sorted().toList();
        }
        for (Path pom : poms) check.artefact(pom);
        check.missing.forEach(System.err::println);
        if (poms.isEmpty()) System.err.println(check.repository + " holds no artefact.");
        if (poms.isEmpty() || !check.missing.isEmpty()) System.exit(1);
    }

    private void artefact(Path pom) throws Exception {
        Element project = read(pom);
        String stem = pom.getFileName().toString().replaceAll("\\.pom$", "");
        String packaging = text(project, "packaging");
        List<String> files = new ArrayList<>(List.of(stem + ".pom"));
        if (!"pom".equals(packaging)) {
            String main = stem + "." + (packaging == null ? "jar" : packaging);
            files.addAll(List.of(main, stem + "-sources.jar", stem + "-javadoc.jar"));
        }
        for (String file : files) file(pom.resolveSibling(file));

        // These are each artefact's own; the others may be its parent's.
        for (String element : List.of("name", "description")) demand(stem, text(project, element), element);
        for (String element : List.of(
                "url", "licenses/license/name", "licenses/license/url", "developers/developer/name", "developers/developer/organization",
                "scm/connection", "scm/developerConnection", "scm/url")) {
            demand(stem, inherited(project, element), element);
        }
        System.out.println(stem + ": " + String.join(", ", files));
    }

    private void demand(String artefact, String found, String element) {
        if (found == null || found.isBlank()) missing.add(artefact + ".pom: no " + element);
    }

    private void file(Path file) throws Exception {
        for (String suffix : List.of("", ".asc", ".md5", ".sha1")) {
            if (!new File(file + suffix).isFile()) missing.add(file.getFileName() + suffix + " is not there");
        }
        if (file.toString().endsWith("-sources.jar") && Files.exists(file)) holds(file, ".kt");
        if (file.toString().endsWith("-javadoc.jar") && Files.exists(file)) holds(file, "index.html");
    }

    private void holds(Path jar, String suffix) throws Exception {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            if (zip.stream().noneMatch(entry -> entry.getName().endsWith(suffix))) missing.add(jar.getFileName() + " has no " + suffix);
        }
    }

    /** In the POM, or in that of its parent, which must be published too. */
    private String inherited(Element project, String path) throws Exception {
        String own = text(project, path);
        Element parent = child(project, "parent");
        if (own != null || parent == null) return own;
        String artefact = text(parent, "artifactId");
        String version = text(parent, "version");
        Path folder = repository.resolve(text(parent, "groupId").replace('.', '/')).resolve(artefact).resolve(version);
        return inherited(read(folder.resolve(artefact + "-" + version + ".pom")), path);
    }

    private static Element read(Path pom) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(pom.toFile()).getDocumentElement();
    }

    private static String text(Element element, String path) {
        Element found = element;
        for (String name : path.split("/")) {
            found = child(found, name);
            if (found == null) return null;
        }
        return found.getTextContent().strip();
    }

    private static Element child(Element parent, String name) {
        for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element element && element.getTagName().equals(name)) return element;
        }
        return null;
    }
}
