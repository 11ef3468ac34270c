import java.io.File;
import java.util.List;
import java.util.ServiceLoader;
import org.jetbrains.kotlin.abi.tools.AbiFilters;
import org.jetbrains.kotlin.abi.tools.AbiToolsFactory;

/** Prints the public API of a jar or a directory of classes: AbiDump JAR. */
public class AbiDump {
    public static void main(String[] arguments) {
        var tools = ServiceLoader.load(AbiToolsFactory.class).iterator().next().get();
        var dump = new StringBuilder();
        tools.printJvmDump(dump, List.of(new File(arguments[0])), AbiFilters.Companion.getEMPTY());
        System.out.print(dump);
    }
}
